"""A new champion is taken up without a failed request; a broken one is refused, and the old one stays."""

import shutil
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.registry import Registry
from serving.bundles import Refusal
from tests.serving import world
from tests.serving.conftest import MakeClient, until

HOME = "/api/recommendations/home"


@pytest.fixture
def own_registry(registry: Path, tmp_path: Path) -> Path:
    """A registry to change: a copy of the one that all share."""
    return Path(shutil.copytree(registry, tmp_path / "registry", symlinks=True))


def bundle_of(client: httpx.Client) -> Any:
    return client.get(HOME, params={"viewerId": "v005"}).json()["bundleId"]


def meter(client: httpx.Client, name: str) -> list[str]:
    return [line for line in client.get("/metrics").text.splitlines() if line.startswith(name)]


def test_a_new_bundle_is_taken_up_under_load_without_a_failed_request(
    own_registry: Path, make_client: MakeClient
) -> None:
    client = make_client(registry=own_registry)
    old, statuses, stop = bundle_of(client), [], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            statuses.append(client.get(HOME, params={"viewerId": "v005"}).status_code)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        new = world.write_bundle(own_registry, seed=1).id
        assert new != old
        assert until(lambda: bundle_of(client) == new)
    finally:
        stop.set()
        for asker in askers:
            asker.join()
    assert set(statuses) == {200}
    assert meter(client, "recsys_bundle_info") == [f'recsys_bundle_info{{bundle_id="{new}"}} 1.0']


def test_a_broken_bundle_is_refused_and_the_old_one_stays(
    own_registry: Path, make_client: MakeClient
) -> None:
    client = make_client(registry=own_registry)
    old = bundle_of(client)
    broken = own_registry / "bundles" / "0123456789abcdef"
    shutil.copytree(own_registry / "bundles" / old, broken)
    (broken / "catalog.parquet").write_bytes(b"no parquet")
    (own_registry / "next").symlink_to(broken)
    (own_registry / "next").replace(own_registry / "champion")
    assert until(
        lambda: (
            meter(client, "recsys_bundles_refused_total") == ["recsys_bundles_refused_total 1.0"]
        )
    )
    assert bundle_of(client) == old
    assert client.get("/ready").status_code == 200


def test_a_bundle_that_could_not_be_read_is_taken_up_when_it_can_be(
    own_registry: Path, make_client: MakeClient
) -> None:
    champion = Registry(own_registry).champion_id()
    catalog = own_registry / "bundles" / champion / "catalog.parquet"
    content = catalog.read_bytes()
    catalog.write_bytes(b"")  # as a disk that fails for a while would have it
    client = make_client(registry=own_registry)
    assert client.get("/ready").json()["bundle"] is None
    catalog.write_bytes(content)
    assert until(lambda: bundle_of(client) == champion)
    assert meter(client, "recsys_bundles_refused_total") == ["recsys_bundles_refused_total 1.0"]


def test_what_is_refused_is_tried_ever_more_rarely() -> None:
    refusal, waits = Refusal(), []
    for _ in range(12):
        refusal = refusal.again(Path("broken"))
        waits.append(refusal.wait)
    assert waits == [min(2.0**at, 300) for at in range(12)]
    assert refusal.holds(Path("broken"))
    assert not refusal.holds(Path("another"))


def test_a_rollback_is_taken_up_too(own_registry: Path, make_client: MakeClient) -> None:
    first = Registry(own_registry).champion_id()
    second = world.write_bundle(own_registry, seed=2).id
    client = make_client(registry=own_registry)
    assert bundle_of(client) == second
    Registry(own_registry).rollback()
    assert until(lambda: bundle_of(client) == first)

"""An index that is missing, broken or of an older catalog: the last good one serves on, and a right one is made."""

import shutil
from pathlib import Path

import httpx
import pyarrow.parquet as pq

from tests.serving import world
from tests.serving.conftest import MakeClient, until


def found(client: httpx.Client) -> bool:
    answer = client.get("/api/search", params={"q": "Story 12 of"})
    return answer.is_success and answer.json()["items"][0]["contentId"] == "t012"


def degraded(client: httpx.Client) -> list[str]:
    names: list[str] = client.get("/api/search", params={"q": "story"}).json()["degraded"]
    return names


def own_store(store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(store, tmp_path / "store"))


def test_a_missing_index_is_made_and_waited_for(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = own_store(store, tmp_path)
    shutil.rmtree(own / "search")
    client = make_client(store=own)
    assert until(lambda: found(client), 60)
    assert [path for path in (own / "search").iterdir() if path.is_dir()]


def test_a_broken_index_is_made_anew(store: Path, tmp_path: Path, make_client: MakeClient) -> None:
    own = own_store(store, tmp_path)
    (folder,) = (path for path in (own / "search").iterdir() if path.is_dir())
    (folder / "lexicon.arrow").write_bytes(b"no such thing")
    client = make_client(store=own)
    assert until(lambda: found(client), 60)


def test_a_catalog_that_breaks_changes_nothing(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = own_store(store, tmp_path)
    client = make_client(store=own)
    assert until(lambda: found(client), 60)
    (own / "raw" / "titles.parquet").write_bytes(b"no such thing")
    assert until(lambda: degraded(client) == ["catalog"])
    assert found(client)


def test_a_bundle_alone_is_searched(store: Path, tmp_path: Path, make_client: MakeClient) -> None:
    (own := tmp_path / "store").mkdir()
    client = make_client(store=own)
    assert until(lambda: found(client), 60)
    assert until(lambda: degraded(client) == [])


def test_while_an_index_is_made_the_last_one_answers(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = own_store(store, tmp_path)
    client = make_client(store=own)
    assert until(lambda: found(client) and degraded(client) == [], 60)
    rows = [row | {"description": "other"} for row in world.catalog().to_pylist()]
    beside = own / "raw" / ".titles.parquet"
    pq.write_table(world.catalog().from_pylist(rows, world.catalog().schema), beside)
    beside.replace(own / "raw" / "titles.parquet")
    seen: list[list[str]] = []

    def new() -> bool:
        assert found(client), "at no moment is there no answer"
        seen.append(degraded(client))
        return seen[-1] == [] and ["index"] in seen

    assert until(new, 60)

"""The main job as a person does it: commands alone, from a folder of events to a page and back into the lake."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from pipelines.world import make

pytestmark = [pytest.mark.night, pytest.mark.timeout(900)]
RECSYS = Path(sys.executable).with_name("recsys")
ROOT = Path(__file__).parents[2]


class House:
    """A store and a registry of their own, and the program that works on them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "store"
        self.environment = os.environ | {
            "RECSYS_STORE": str(self.store),
            "RECSYS_REGISTRY": str(folder / "registry"),
        }

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        answer = subprocess.run(
            [RECSYS, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode in codes, answer.stderr[-2000:]
        return answer.stdout

    def serve(self, port: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [RECSYS, "serve", "--port", str(port)], cwd=ROOT, env=self.environment
        )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("house")
    make(folder / "world", seed=2, viewers=800, titles=400, days=21)
    house = House(folder)
    house.run("ingest", str(folder / "world"))
    house.run("nightly", "--json", str(folder / "night.json"))
    return house


@pytest.fixture(scope="module")
def api(house: House) -> Iterator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = house.serve(port)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            _await_ready(client)
            yield client
    finally:
        process.terminate()
        process.wait(60)


def test_the_night_publishes_a_bundle_that_verifies(house: House) -> None:
    bundles = house.folder / "bundles.json"
    house.run("bundle", "list", "--json", str(bundles))
    listed = json.loads(bundles.read_text())
    assert len(listed) == 1
    house.run("bundle", "verify", listed[0]["id"])


def test_a_known_viewer_gets_rows_without_a_title_twice(house: House, api: httpx.Client) -> None:
    page = _home(api, _a_viewer(house))
    shown = [item["contentId"] for row in page["rows"] for item in row["items"]]
    assert len(page["rows"]) >= 4
    assert len(shown) == len(set(shown))
    assert page["degraded"] == []


def test_what_is_watched_now_is_gone_from_the_next_page_and_in_the_lake_after_the_night(
    house: House, api: httpx.Client
) -> None:
    viewer = _a_viewer(house)
    chosen = _home(api, viewer)["rows"][0]["items"][0]["contentId"]
    before = _lake_rows(house)
    answer = api.post("/api/analytics/event", json=_play(viewer, chosen))
    assert answer.status_code == 202
    page = _home(api, viewer)
    assert chosen not in {item["contentId"] for row in page["rows"] for item in row["items"]}
    # The second night brings the event over; whether its bundle or the first one serves is the gate's to say.
    house.run("nightly", codes=(0, 3))
    assert _lake_rows(house) == before + 1
    champion = (house.folder / "registry" / "champion").readlink().name
    _await(lambda: api.get("/ready").json()["bundle"] == champion)


def test_a_model_that_no_replica_can_serve_is_neither_trained_by_night_nor_promoted(
    house: House, api: httpx.Client
) -> None:
    serving = api.get("/ready").json()["bundle"]
    house.run("nightly", "--model", "popularity", codes=(2,))
    made = house.folder / "made.json"
    house.run("train", "--model", "popularity", "--json", str(made))
    house.run("bundle", "promote", json.loads(made.read_text())["id"], codes=(2,))
    assert (house.folder / "registry" / "champion").readlink().name == serving


def _play(viewer: str, title: str) -> dict[str, Any]:
    return {
        "eventId": str(uuid4()),
        "eventType": "complete",
        "viewerId": viewer,
        "titleId": title,
        "occurredAt": datetime.now(UTC).isoformat(),
        "watchedPortion": 1.0,
    }


def _await_ready(client: httpx.Client) -> None:
    def ready() -> bool:
        try:
            return client.get("/ready").status_code == 200
        except httpx.TransportError:
            return False

    _await(ready)


def _await(happened: Callable[[], bool]) -> None:
    for _ in range(240):
        if happened():
            return
        time.sleep(0.5)
    raise AssertionError("it did not happen within two minutes")


def _home(client: httpx.Client, viewer: str) -> dict[str, Any]:
    answer = client.get("/api/recommendations/home", params={"viewerId": viewer})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def _a_viewer(house: House) -> str:
    viewers = pq.read_table(house.store / "raw" / "viewers.parquet").to_pylist()
    grown_up = (v for v in viewers if v["consent"] and v["maximum_age"] is None)
    return str(next(grown_up)["viewer_id"])


def _lake_rows(house: House) -> int:
    return int(ds.dataset(house.store / "lake" / "events", format="parquet").count_rows())

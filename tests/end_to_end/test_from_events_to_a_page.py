"""The main job as a person does it: commands alone, from a folder of events to a page and back into the lake."""

import json

import httpx
import pyarrow.dataset as ds
import pytest

from tests.end_to_end.house import House, event, home, viewers, wait

pytestmark = [pytest.mark.night, pytest.mark.timeout(900), pytest.mark.xdist_group("house")]


def test_the_night_publishes_a_bundle_that_verifies(house: House) -> None:
    bundles = house.folder / "bundles.json"
    house.run("bundle", "list", "--json", str(bundles))
    listed = json.loads(bundles.read_text())
    assert len(listed) == 1
    house.run("bundle", "verify", listed[0]["id"])


def test_a_known_viewer_gets_rows_without_a_title_twice(house: House, api: httpx.Client) -> None:
    page = home(api, viewers(house, maximum_age=None)[0])
    shown = [item["contentId"] for row in page["rows"] for item in row["items"]]
    assert len(page["rows"]) >= 4
    assert len(shown) == len(set(shown))
    assert page["degraded"] == []


def test_what_is_watched_now_is_gone_from_the_next_page_and_in_the_lake_after_the_night(
    house: House, api: httpx.Client
) -> None:
    viewer = viewers(house, maximum_age=None)[0]
    chosen = home(api, viewer)["rows"][0]["items"][0]["contentId"]
    before = _lake_rows(house)
    answer = api.post("/api/analytics/event", json=event(viewer, chosen, watchedPortion=1.0))
    assert answer.status_code == 202
    page = home(api, viewer)
    assert chosen not in {item["contentId"] for row in page["rows"] for item in row["items"]}
    # The second night brings the event over; whether its bundle or the first one serves is the gate's to say.
    house.run("nightly", codes=(0, 3))
    assert _lake_rows(house) == before + 1
    champion = (house.folder / "registry" / "champion").readlink().name
    wait(lambda: api.get("/ready").json()["bundle"] == champion)


def test_a_model_that_no_replica_can_serve_is_neither_trained_by_night_nor_promoted(
    house: House, api: httpx.Client
) -> None:
    serving = api.get("/ready").json()["bundle"]
    house.run("nightly", "--model", "popularity", codes=(2,))
    made = house.folder / "made.json"
    house.run("train", "--model", "popularity", "--json", str(made))
    house.run("bundle", "promote", json.loads(made.read_text())["id"], codes=(2,))
    assert (house.folder / "registry" / "champion").readlink().name == serving


def _lake_rows(house: House) -> int:
    return int(ds.dataset(house.store / "lake" / "events", format="parquet").count_rows())

"""The catalog that was last ingested holds: its titles are known, and its rights are kept."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving import world
from tests.serving.conftest import MakeClient, event, shown, until

HOME = "/api/recommendations/home"
LIST = "/api/recommendations"
EVENT = "/api/analytics/event"
Ingest = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def own_store(store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(store, tmp_path / "store"))


@pytest.fixture
def ingest(own_store: Path) -> Ingest:
    """Replaces the catalog as an ingest does."""

    def write(titles: list[dict[str, Any]]) -> None:
        beside = own_store / "raw" / ".titles.parquet"
        pq.write_table(pa.Table.from_pylist(titles, world.catalog().schema), beside)
        beside.replace(own_store / "raw" / "titles.parquet")

    return write


def with_changes(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [title | changes.get(title["title_id"], {}) for title in world.catalog().to_pylist()]


def surfaces(client: httpx.Client, **query: Any) -> list[str]:
    pages = [
        client.get(HOME, params=query),
        client.get(LIST, params={"limit": 100, **query}),
        client.get(f"{LIST}/similar/t003", params={"limit": 100, **query}),
    ]
    return [title for page in pages for title in shown(page.json())]


def test_a_title_that_came_after_the_bundle_is_known_to_events_and_to_similar(
    own_store: Path, make_client: MakeClient, ingest: Ingest
) -> None:
    client = make_client(store=own_store)
    new = {**world.catalog().to_pylist()[0], "title_id": "new", "name": "Fresh"}
    about = f"{LIST}/similar/new"
    assert client.get(about).status_code == 404
    assert client.post(EVENT, json=event("fan", "new")).status_code == 404
    ingest([*with_changes(), new])
    assert until(lambda: client.get(about).status_code == 200)
    answer = client.get(about, params={"limit": 5}).json()
    assert answer["degraded"] == ["similar"]
    assert {item["source"] for item in answer["items"]} == {"popularity"}
    batch = [event("fan", "t001") for _ in range(99)] + [event("fan", "new")]
    assert client.post(EVENT, json=batch).json() == {
        "accepted": 100,
        "duplicates": 0,
        "rejected": [],
    }
    page = client.get(HOME, params={"viewerId": "fan"})
    assert (page.status_code, page.json()["degraded"]) == (200, [])
    assert client.get(f"{LIST}/similar/neither").status_code == 404


def test_rights_are_those_of_the_catalog_and_not_of_the_bundle(
    own_store: Path, make_client: MakeClient, ingest: Ingest
) -> None:
    client = make_client(store=own_store)
    everything = set(surfaces(client, viewerId="nobody"))
    assert {"t000", "t001", "t002"} <= everything
    ingest(
        with_changes(
            t000={"available_until": world.UNTIL},
            t001={"maturity_rating": "18"},
            t002={"regions": ["FR"]},
            t004={"name": "Renamed"},
        )
    )
    assert until(lambda: "t000" not in surfaces(client, viewerId="nobody"))
    assert "t001" in surfaces(client, viewerId="nobody")
    assert "t001" not in surfaces(client, viewerId="v000")
    assert "t002" not in surfaces(client, viewerId="nobody", region="DE")
    assert "t002" in surfaces(client, viewerId="nobody", region="FR")
    items = client.get(LIST, params={"limit": 100}).json()["items"]
    assert {item["name"] for item in items if item["contentId"] == "t004"} == {"Renamed"}


def test_a_title_that_left_the_catalog_is_shown_to_nobody_but_may_be_spoken_of(
    own_store: Path, make_client: MakeClient, ingest: Ingest
) -> None:
    client = make_client(store=own_store)
    ingest([title for title in with_changes() if title["title_id"] != "t000"])
    assert until(lambda: "t000" not in surfaces(client, viewerId="nobody"))
    assert client.post(EVENT, json=event("late", "t000")).status_code == 202


def test_a_broken_catalog_changes_nothing_and_is_told(
    own_store: Path, make_client: MakeClient
) -> None:
    client = make_client(store=own_store)
    before = surfaces(client, viewerId="v005")
    (own_store / "raw" / "titles.parquet").write_bytes(b"no parquet")
    ask = {"viewerId": "v005"}
    assert until(lambda: client.get(HOME, params=ask).json()["degraded"] == ["catalog"])
    assert surfaces(client, viewerId="v005") == before


def test_without_a_bundle_a_changed_catalog_is_read_again(
    own_store: Path, make_client: MakeClient, ingest: Ingest, tmp_path: Path
) -> None:
    client = make_client(store=own_store, registry=tmp_path)
    assert "t003" in surfaces(client, viewerId="nobody")
    ingest(with_changes(t003={"available_until": world.UNTIL}))
    assert until(lambda: "t003" not in surfaces(client, viewerId="nobody"))


def test_a_title_that_is_taken_down_is_explained_no_more(
    own_store: Path, ingest: Ingest, make_client: MakeClient
) -> None:
    client = make_client(store=own_store)
    title = shown(client.get(LIST, params={"viewerId": "v010", "limit": 1}).json())[0]
    ask = {"contentId": title, "viewerId": "v010"}
    assert client.get(f"{LIST}/explain", params=ask).json()["eligible"]
    ingest([one for one in with_changes() if one["title_id"] != title])
    assert until(lambda: client.get(f"{LIST}/explain", params=ask).status_code == 404)


def test_a_catalog_of_before_has_no_translations_and_answers_as_it_did(
    own_store: Path, make_client: MakeClient
) -> None:
    old = pa.Table.from_pylist(with_changes(), world.catalog().schema)
    pq.write_table(old.drop_columns("translations"), own_store / "raw" / "titles.parquet")
    client = make_client(store=own_store)
    assert surfaces(client, viewerId="v005", language="nb")
    told = client.get("/api/content/t003", params={"language": "nb"}).json()
    assert told["name"].startswith("Story 3")
    assert client.get("/ready").status_code == 200

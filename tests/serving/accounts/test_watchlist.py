"""The watchlist is what was put there and may be shown, and models hear of it as of any event."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recsys.settings import Settings
from tests.serving import world
from tests.serving.accounts.people import PIN, WATCHLIST, Person, refusal, somebody
from tests.serving.conftest import TokenFor, serving
from tests.serving.world import EXPIRED, FRENCH


@pytest.fixture
def anna(client: httpx.Client, token_for: TokenFor) -> Person:
    return somebody(client, token_for)


def put(person: Person, title: str) -> dict[str, Any]:
    answer = person.call("POST", f"{WATCHLIST}/{title}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def take(person: Person, title: str) -> None:
    assert person.call("DELETE", f"{WATCHLIST}/{title}").status_code == 204


def listed(person: Person, **query: Any) -> list[str]:
    return [one["contentId"] for one in person.get(WATCHLIST, **query)["items"]]


def test_what_is_put_there_is_shown_as_a_card_the_newest_first(anna: Person) -> None:
    assert anna.get(WATCHLIST) == {"items": [], "nextCursor": None}
    first, second = put(anna, "t000"), put(anna, "t001")
    assert anna.get(WATCHLIST)["items"] == [second, first]
    assert {name: value for name, value in first.items() if name != "addedAt"} == {
        "contentId": "t000",
        "name": "Story 0 of pirates",
        "type": "movie",
        "genres": ["Genre 0"],
        "year": 1990,
        "artwork": "/artwork/t000.svg",
    }


def test_once_more_changes_nothing(anna: Person, shared_database: str) -> None:
    once = put(anna, "t000")
    assert put(anna, "t000") == once
    take(anna, "t000")
    take(anna, "t000")
    assert listed(anna) == []
    with psycopg.connect(shared_database) as connection:
        kinds = connection.execute(
            "SELECT event_type FROM event WHERE viewer_id = %s ORDER BY occurred_at", (anna.viewer,)
        ).fetchall()
    assert kinds == [("watchlist_add",), ("watchlist_remove",)]


def test_the_page_has_the_list_at_once(anna: Person) -> None:
    anna.watched("t003")
    titles = ["t010", "t011", "t012", "t013", "t014"]
    for title in titles:
        put(anna, title)
    assert sorted(my_list(anna)) == titles
    take(anna, "t010")
    assert sorted(my_list(anna)) == titles[1:]


def my_list(person: Person) -> list[str]:
    """The row of the homepage."""
    rows = {row["rowId"]: row for row in person.get("/api/recommendations/home")["rows"]}
    return [item["contentId"] for item in rows["my-list"]["items"]]


def test_what_a_device_with_a_fast_clock_added_can_be_taken_away(anna: Person) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    anna.did(("watchlist_add", "t000"), occurredAt=soon)
    assert listed(anna) == ["t000"]
    take(anna, "t000")
    assert listed(anna) == []
    put(anna, "t000")
    assert listed(anna) == ["t000"]


def test_an_episode_stands_there_as_its_series(anna: Person) -> None:
    assert put(anna, "e2")["contentId"] == "s00"
    anna.did(("watchlist_add", "e1"), occurredAt=datetime.now(UTC).isoformat())
    assert listed(anna) == ["s00"]
    take(anna, "e3")
    assert listed(anna) == []


def test_it_is_told_in_parts_without_repeats_or_gaps(anna: Person) -> None:
    titles = [f"t{number:03d}" for number in range(7)]
    anna.did(*(("watchlist_add", title) for title in titles))  # all at one moment
    query: dict[str, Any] = {"limit": 3}
    told = []
    for _ in range(3):
        page = anna.get(WATCHLIST, **query)
        told.append([one["contentId"] for one in page["items"]])
        query["cursor"] = page["nextCursor"]
    assert [len(part) for part in told] == [3, 3, 1]
    assert sorted(chain.from_iterable(told)) == titles
    assert page["nextCursor"] is None


def test_what_may_not_be_shown_now_is_left_out_and_stays_on_the_list(
    anna: Person, shared_database: str
) -> None:
    french, expired = sorted(FRENCH)[0], sorted(EXPIRED)[0]
    anna.did(*(("watchlist_add", title) for title in ("t000", french, expired)))
    assert listed(anna) == ["t000"]
    for title in (french, expired):
        assert refusal(anna.call("POST", f"{WATCHLIST}/{title}")) == (404, "unknown-title")
    with psycopg.connect(shared_database) as connection:
        connection.execute("UPDATE viewer SET region = 'FR' WHERE viewer_id = %s", (anna.viewer,))
    assert sorted(listed(anna)) == ["t000", french]


def test_what_nobody_knows_is_told(anna: Person) -> None:
    assert refusal(anna.call("POST", f"{WATCHLIST}/zzz")) == (404, "unknown-title")
    assert refusal(anna.call("POST", f"{WATCHLIST}/%00")) == (422, "invalid-request")
    assert anna.call("DELETE", f"{WATCHLIST}/zzz").status_code == 204
    for cursor in ("x", "", "é" * 20):
        assert refusal(anna.call("GET", WATCHLIST, params={"cursor": cursor}))[0] in {400, 422}
    for query in ({"limit": 0}, {"limit": 101}, {"limit": "ten"}, {"page": 1}):
        assert refusal(anna.call("GET", WATCHLIST, params=query)) == (422, "invalid-request")


def test_a_cursor_is_of_one_viewer_and_of_one_list(
    anna: Person, client: httpx.Client, token_for: TokenFor
) -> None:
    anna.did(*(("watchlist_add", f"t00{at}") for at in range(3)))
    cursor = anna.get(WATCHLIST, limit=1)["nextCursor"]
    bert = somebody(client, token_for)
    home = anna.get("/api/recommendations/home", rows=1)["nextCursor"]
    for person, path, given in (
        (bert, WATCHLIST, cursor),
        (anna, "/api/user/history", cursor),
        (anna, WATCHLIST, home),
    ):
        answer = person.call("GET", path, params={"cursor": given})
        assert refusal(answer) == (400, "invalid-cursor")


def test_a_title_that_came_after_the_bundle_can_be_listed_as_far_as_it_may_be_shown(
    tmp_path: Path,
    registry: Path,
    new_database: Callable[[], str],
    store: Path,
    token_for: TokenFor,
) -> None:
    own = tmp_path / "store"
    world.write_raw(own)
    (own / "token-keys.json").write_bytes((store / "token-keys.json").read_bytes())
    late = [
        {"title_id": "t998", "title_type": "movie", "name": "Fresh", "maturity_rating": "all"},
        {"title_id": "t999", "title_type": "movie", "name": "Fresher", "maturity_rating": "18"},
    ]
    table = pa.concat_tables([world.catalog(), pa.Table.from_pylist(late, world.catalog().schema)])
    pq.write_table(table, own / "raw" / "titles.parquet")
    settings = Settings(store=own, registry=registry, database_url=new_database())
    with serving(settings) as client:
        person = somebody(client, token_for)
        put(person, "t998")
        put(person, "t999")
        assert listed(person) == ["t999", "t998"]
        assert person.limit(12, newPin=PIN).status_code == 200
        assert listed(person) == ["t998"]
        assert refusal(person.call("POST", f"{WATCHLIST}/t999")) == (404, "unknown-title")

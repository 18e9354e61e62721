"""Every kind of row and every rule shows on a page of the demo's world."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recsys.page.policy import Policy
from tests.end_to_end.house import ROOT, House, event, home, viewers, wait

pytestmark = [pytest.mark.night, pytest.mark.timeout(900), pytest.mark.xdist_group("house")]

EVENTS = "/api/analytics/event"
KINDS = [kind.key for kind in Policy.read(ROOT / "models" / "rows.toml").rows]
MOST_ASKED = 300
Page = dict[str, Any]


@pytest.fixture
def rules(house: House, api: httpx.Client) -> Iterator[Callable[[str], None]]:
    """Adds rules to the homepage's declaration, as an editor does while the service runs."""
    path = house.declarations / "rows.toml"
    before = path.read_text()

    def add(text: str) -> None:
        path.write_text(before + text)

    yield add
    path.write_text(before)


def row_of(page: Page, kind: str) -> Page | None:
    """The row of a kind; rows of kinds that come several times are told by how their ids begin."""
    starts = {"because": "because-", "genre": "genre-", "micro-genre": "micro-"}.get(kind, kind)
    return next((row for row in page["rows"] if row["rowId"].startswith(starts)), None)


def titles(page: Page) -> list[str]:
    return [item["contentId"] for row in page["rows"] for item in row["items"]]


def a_page(api: httpx.Client, asked: list[str], good: Callable[[Page], bool]) -> tuple[str, Page]:
    """The first viewer whose page is as it should be, and the page."""
    for viewer in asked[:MOST_ASKED]:
        if good(page := home(api, viewer)):
            return viewer, page
    raise AssertionError(f"on no page of {len(asked[:MOST_ASKED])} viewers")


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in {"my-list", "watch-again", "leaving-soon"}]
)
def test_a_row_of_each_kind_stands_on_some_page(house: House, api: httpx.Client, kind: str) -> None:
    asked = viewers(house, maximum_age=7) if kind == "kids" else viewers(house, maximum_age=None)
    _, page = a_page(api, asked, lambda page: row_of(page, kind) is not None)
    row = row_of(page, kind)
    assert row is not None
    # One title is enough to go on with.
    assert len(row["items"]) >= (1 if kind == "continue-watching" else 4)
    assert len(titles(page)) == len(set(titles(page)))


def test_what_leaves_soon_has_a_row(house: House, api: httpx.Client) -> None:
    """In so small a world hardly anything leaves, so many titles are made to."""
    path = house.store / "raw" / "titles.parquet"
    before = pq.read_table(path)
    ends = datetime.now(UTC) + timedelta(days=10)
    leaving = [
        title | {"available_until": ends} if title["title_type"] == "movie" and at % 2 else title
        for at, title in enumerate(before.to_pylist())
    ]

    def write(table: pa.Table) -> None:
        pq.write_table(table, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    viewer = viewers(house, maximum_age=None)[8]
    write(pa.Table.from_pylist(leaving, before.schema))
    try:
        wait(lambda: row_of(home(api, viewer), "leaving-soon") is not None)
    finally:
        write(before)
    row = row_of(home(api, viewer), "leaving-soon")
    assert row is None or len(row["items"]) >= 4


def test_a_cap_keeps_a_row_from_being_all_alike(
    house: House, api: httpx.Client, rules: Callable[[str], None]
) -> None:
    viewer = viewers(house, maximum_age=None)[6]

    def crowded(page: Page) -> bool:
        """Whether four places that follow each other in a row hold more than two of a genre."""
        windows = [
            row["items"][at : at + 4] for row in page["rows"] for at in range(len(row["items"]))
        ]
        counts = [Counter(g for item in window for g in item["genres"]) for window in windows]
        return any(count > 2 for one in counts for count in one.values())

    assert crowded(home(api, viewer))
    rules("""
[[caps]]
field = "genre"
most = 2
within = 4
""")
    wait(lambda: not crowded(home(api, viewer)))
    assert titles(home(api, viewer))


def test_what_is_begun_can_be_gone_on_with_and_put_away(house: House, api: httpx.Client) -> None:
    viewer, page = a_page(
        api,
        viewers(house, maximum_age=None),
        lambda page: row_of(page, "continue-watching") is not None,
    )
    row = row_of(page, "continue-watching")
    assert row is not None
    first = row["items"][0]
    assert first["resume"]["contentId"]
    assert 0 <= first["resume"]["portion"] < 0.9
    dismissed = event(viewer, first["contentId"], "dismiss")
    assert api.post(EVENTS, json=dismissed).status_code == 202
    after = row_of(home(api, viewer), "continue-watching")
    assert after is None or first["contentId"] not in str(after)


def test_a_list_of_ones_own_and_what_was_watched_long_ago(house: House, api: httpx.Client) -> None:
    viewer = viewers(house, maximum_age=None)[3]
    chosen = titles(home(api, viewer))
    for title in chosen[:5]:
        assert api.post(EVENTS, json=event(viewer, title, "watchlist_add")).status_code == 202
    long_ago = (datetime.now(UTC) - timedelta(days=90)).isoformat()
    for title in chosen[5:10]:
        done = event(viewer, title, watchedPortion=1.0, occurredAt=long_ago)
        assert api.post(EVENTS, json=done).status_code == 202
        thumb = event(viewer, title, "thumb", value=1, occurredAt=long_ago)
        assert api.post(EVENTS, json=thumb).status_code == 202
    page = home(api, viewer)
    mine, again = row_of(page, "my-list"), row_of(page, "watch-again")
    assert mine is not None
    assert again is not None
    assert {item["contentId"] for item in mine["items"]} <= set(chosen[:5])
    assert {item["contentId"] for item in again["items"]} & set(chosen[5:10])


def test_what_is_explored_is_new_and_says_with_what_chance_it_was_drawn(
    house: House, api: httpx.Client
) -> None:
    def drawn(page: Page) -> list[Page]:
        every = [item for row in page["rows"] for item in row["items"]]
        return [item for item in every if item["source"] == "explored"]

    _, page = a_page(api, viewers(house, maximum_age=None), lambda page: bool(drawn(page)))
    assert all(0 < item["propensity"] <= 1 for item in drawn(page))
    every = [item for row in page["rows"] for item in row["items"]]
    assert all(item["propensity"] == 1 for item in every if item["source"] != "explored")


def test_a_promotion_shows_in_its_time_and_says_so(
    house: House, api: httpx.Client, rules: Callable[[str], None]
) -> None:
    viewer = viewers(house, maximum_age=None)[5]
    page = home(api, viewer)
    catalog = pq.read_table(house.store / "raw" / "titles.parquet").to_pylist()
    other = [
        title["title_id"]
        for title in catalog
        if title["title_type"] == "movie"
        and not title["available_from"]
        and not title["available_until"]
        and not title["regions"]
        and title["title_id"] not in titles(page)
    ]
    assert other, "every title stands on the page"
    rules(f"""
[[promotions]]
name = "Originals"
titles = {json.dumps(other)}
share = 0.1
ends = {(datetime.now(UTC) + timedelta(days=1)).isoformat()}
""")
    wait(lambda: "promoted" in str(home(api, viewer)))
    promoted = [
        item
        for row in home(api, viewer)["rows"]
        for item in row["items"]
        if item["source"] == "promoted"
    ]
    assert {item["contentId"] for item in promoted} <= set(other)
    assert all(item["reason"] == "Promoted" for item in promoted)
    rules("""
[[promotions]]
name = "Over"
filter = 'type = "movie"'
share = 0.1
ends = 2020-01-01T00:00:00Z
""")
    wait(lambda: "promoted" not in str(home(api, viewer)))


def test_a_bury_changes_the_page(
    house: House, api: httpx.Client, rules: Callable[[str], None]
) -> None:
    viewer = viewers(house, maximum_age=None)[6]

    def looks(page: Page, genre: str) -> float:
        return sum(
            0.9 ** row["rowRank"] * 0.87 ** item["itemRank"]
            for row in page["rows"]
            for item in row["items"]
            if genre in item["genres"]
        )

    before = home(api, viewer)
    genres = [genre for row in before["rows"] for item in row["items"] for genre in item["genres"]]
    most = max(set(genres), key=genres.count)
    rules(f"""
[[boosts]]
filter = 'genre = "{most}"'
factor = 0.01
""")
    wait(lambda: looks(home(api, viewer), most) < looks(before, most))
    assert titles(home(api, viewer))


def test_a_declaration_that_breaks_leaves_the_page_as_it_was_and_is_named(
    house: House, api: httpx.Client, rules: Callable[[str], None]
) -> None:
    viewer = viewers(house, maximum_age=None)[7]
    rules("[[rows]]\nkind = 'popcorn'\n")
    wait(lambda: "policy" in home(api, viewer)["degraded"])
    assert titles(home(api, viewer))
    rules("")
    wait(lambda: home(api, viewer)["degraded"] == [])

"""Who scrolls sees the page that was made, each title once, whatever happens meanwhile."""

import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.serving.conftest import MakeClient, event, shown, until

HOME, MORE, EVENTS = (
    "/api/recommendations/home",
    "/api/recommendations/home/more",
    "/api/analytics/event",
)


def viewer(client: httpx.Client) -> str:
    name = f"scrolls-{uuid4().hex[:8]}"
    assert client.post(EVENTS, json=event(name, "t003")).status_code == 202
    return name


def get(client: httpx.Client, path: str, **query: object) -> dict[str, Any]:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def whole_row(client: httpx.Client, name: str, row: dict[str, Any]) -> list[str]:
    ids = [item["contentId"] for item in row["items"]]
    if row["nextCursor"] is None:
        return ids
    (rest,) = get(client, MORE, viewerId=name, cursor=row["nextCursor"])["rows"]
    assert rest["rowId"] == row["rowId"]
    assert rest["items"][0]["itemRank"] == row["items"][-1]["itemRank"] + 1
    return ids + whole_row(client, name, rest)


def scrolled(client: httpx.Client, name: str, page: dict[str, Any]) -> dict[str, list[str]]:
    rows = {row["rowId"]: whole_row(client, name, row) for row in page["rows"]}
    if page["nextCursor"] is None:
        return rows
    after = get(client, MORE, viewerId=name, cursor=page["nextCursor"])
    assert after["recommendationId"] == page["recommendationId"]
    return rows | scrolled(client, name, after)


def test_scrolling_gives_the_page_of_the_beginning_in_order(client: httpx.Client) -> None:
    name = viewer(client)
    first = get(client, HOME, viewerId=name, rows=2, titles=3)
    assert len(first["rows"]) == 2
    assert all(len(row["items"]) <= 3 for row in first["rows"])
    # What is watched meanwhile changes the next page, and not this one.
    assert client.post(EVENTS, json=event(name, shown(first)[0])).status_code == 202
    rows = scrolled(client, name, first)
    every = [title for titles in rows.values() for title in titles]
    assert len(every) == len(set(every)) > 20
    assert len(rows) > 4
    again = scrolled(client, name, first)
    assert list(again.items()) == list(rows.items())


def test_a_whole_page_has_nothing_left(client: httpx.Client) -> None:
    page = get(client, HOME, viewerId=viewer(client))
    assert page["nextCursor"] is None
    assert all(row["nextCursor"] is None for row in page["rows"])


def test_in_parts_it_is_the_same_page(client: httpx.Client) -> None:
    name = viewer(client)
    page = get(client, HOME, viewerId=name)
    parts = get(client, HOME, viewerId=name, rows=1, titles=1)
    # What is drawn by chance is another from page to page.
    fixed = [
        {i["contentId"] for i in row["items"] if i["source"] != "explored"} for row in page["rows"]
    ]
    rows = list(scrolled(client, name, parts).values())
    assert len(rows) == len(fixed)
    assert all(len(set(row) & one) >= len(one) - 1 for row, one in zip(rows, fixed, strict=True))


@pytest.mark.parametrize("cursor", ["nonsense", "", "AAAA.BBBB"])
def test_a_foreign_cursor_is_a_400_that_names_it(client: httpx.Client, cursor: str) -> None:
    answer = client.get(MORE, params={"viewerId": "v005", "cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/invalid-cursor"
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_another_viewers_cursor_is_refused(client: httpx.Client) -> None:
    page = get(client, HOME, viewerId=viewer(client), rows=1)
    answer = client.get(MORE, params={"viewerId": "v005", "cursor": page["nextCursor"]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["expected"] == "a cursor of this viewer"


def test_a_childs_cursor_keeps_to_the_childs_limit(client: httpx.Client) -> None:
    page = get(client, HOME, viewerId="guest", maximumAge=7, rows=1)
    rows = scrolled(client, "guest", page)
    assert not {t for titles in rows.values() for t in titles if t.endswith("7")}


def own_store(store: Path, tmp_path: Path) -> Path:
    shutil.copytree(store / "raw", tmp_path / "store" / "raw")
    return tmp_path / "store"


def take_down(store: Path, title: str) -> None:
    path = store / "raw" / "titles.parquet"
    table = pq.read_table(path)
    pq.write_table(table.filter(pc.not_equal(table["title_id"], title)), path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def test_a_row_is_left_out_whose_name_speaks_of_what_was_taken_down(
    make_client: MakeClient, store: Path, tmp_path: Path
) -> None:
    client = make_client(store=own_store(store, tmp_path))
    name = viewer(client)  # who watched t003
    first = get(client, HOME, viewerId=name, rows=1)
    assert first["rows"][0]["rowId"] != "because-t003"
    assert "because-t003" in scrolled(client, name, first)
    take_down(tmp_path / "store", "t003")
    assert until(lambda: "because-t003" not in scrolled(client, name, first))


def test_what_was_taken_down_meanwhile_is_left_out(
    make_client: MakeClient, store: Path, tmp_path: Path
) -> None:
    client = make_client(store=own_store(store, tmp_path))
    name = viewer(client)
    first = get(client, HOME, viewerId=name, rows=1)
    rows = scrolled(client, name, first)
    gone = list(rows.values())[-1][0]
    take_down(tmp_path / "store", gone)
    assert until(lambda: gone not in str(scrolled(client, name, first)))
    left = [title for titles in scrolled(client, name, first).values() for title in titles]
    assert sorted([*left, gone]) == sorted(t for titles in rows.values() for t in titles)

"""A page has no title twice, nothing that was seen, and no row too short."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.page.compose import compose
from recsys.page.rows import Ranked, Row


def row(row_id: str, titles: list[int]) -> Row:
    ids = np.array(titles, np.int32)
    return Row(row_id, row_id, "", "test", Ranked.of(ids, -ids.astype(np.float32), "test"))


def titles_of(page: list[Row]) -> dict[str, list[int]]:
    return {one.row_id: one.titles.ids.tolist() for one in page}


def test_what_an_earlier_row_takes_is_missing_from_a_later_one() -> None:
    page = compose(
        [row("a", [1, 2, 3]), row("b", [3, 4, 2, 5])], seen=np.array([], np.int32), shortest=2
    )
    assert titles_of(page) == {"a": [1, 2, 3], "b": [4, 5]}


def test_a_row_leaves_what_lies_past_its_end_to_the_next() -> None:
    page = compose(
        [row("a", [1, 2, 3]), row("b", [3, 4])],
        seen=np.array([], np.int32),
        longest=2,
        shortest=2,
    )
    assert titles_of(page) == {"a": [1, 2], "b": [3, 4]}


def test_a_row_that_gets_too_short_is_dropped_and_gives_back_what_it_took() -> None:
    page = compose(
        [row("a", [1, 2]), row("b", [2, 3]), row("c", [3, 4])],
        seen=np.array([1], np.int32),
        shortest=2,
    )
    assert titles_of(page) == {"b": [2, 3]}


def test_a_kind_of_row_stands_once() -> None:
    page = compose([row("a", [1]), row("a", [2])], seen=np.array([], np.int32), shortest=1)
    assert titles_of(page) == {"a": [1]}


lists = st.lists(st.lists(st.integers(0, 30), max_size=15), max_size=6)


@given(lists, st.lists(st.integers(0, 30), max_size=10), st.integers(1, 8), st.integers(1, 4))
def test_no_title_is_twice_on_any_page_and_none_was_seen(
    rows: list[list[int]], seen: list[int], longest: int, shortest: int
) -> None:
    page = compose(
        [row(str(at), titles) for at, titles in enumerate(rows)],
        seen=np.array(seen, np.int32),
        longest=longest,
        shortest=shortest,
    )
    shown = [title for titles in titles_of(page).values() for title in titles]
    assert len(shown) == len(set(shown))
    assert not set(shown) & set(seen)
    assert all(min(shortest, longest) <= len(one.titles.ids) <= longest for one in page)

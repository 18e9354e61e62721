"""Each kind of row holds what its name says."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from recsys.page import rows
from recsys.page.rows import Ranked
from recsys.schema import TITLES
from recsys.titles import Titles


def title(title_id: str, **fields: object) -> dict[str, object]:
    return {"title_id": title_id, "title_type": "movie", "name": title_id.upper(), **fields}


CATALOG = Titles.from_table(
    pa.Table.from_pylist(
        [
            title("a", genres=["Drama"], release_year=2001),
            title("b", genres=["Drama", "War"], release_year=2003),
            title("c", genres=["Comedy"], release_year=2002),
            title("d", genres=[], release_year=None),
            title(
                "e",
                genres=["Drama"],
                release_year=1950,
                available_from=datetime(2010, 1, 1, tzinfo=UTC),
            ),
        ],
        schema=TITLES,
    )
)
EVERYTHING = np.ones(5, bool)


def ranked(*ids: int) -> Ranked:
    return Ranked.of(np.array(ids, np.int32), np.zeros(len(ids), np.float32), "test")


def test_padding_is_no_title() -> None:
    assert ranked(3, -1, 1, -1).ids.tolist() == [3, 1]


def test_one_list_after_another_repeats_nothing() -> None:
    assert ranked(3, 1).then(ranked(1, 2, 3, 0)).ids.tolist() == [3, 1, 2, 0]


def test_new_titles_begin_with_the_ranked_ones_and_go_on_from_the_newest() -> None:
    # "e" came to the catalog in 2010 though it is old; "d" has no date, so it is not new.
    row = rows.new(CATALOG, EVERYTHING, ranked(0), personal=True)
    assert row.titles.ids.tolist() == [0, 4, 1, 2]


def test_a_title_that_may_not_be_shown_is_not_new_either() -> None:
    allowed = np.array([True, True, True, True, False])
    row = rows.new(CATALOG, allowed, ranked(), personal=False)
    assert row.titles.ids.tolist() == [1, 2, 0]


def test_many_titles_that_may_not_be_shown_do_not_crowd_out_the_new_ones() -> None:
    n = 2 * rows.NEW_TITLES
    years = [title(f"t{at}", release_year=1800 + at) for at in range(n)]
    catalog = Titles.from_table(pa.Table.from_pylist(years, schema=TITLES))
    allowed = np.arange(n) < 4  # the oldest
    row = rows.new(catalog, allowed, ranked(), personal=False)
    assert row.titles.ids.tolist() == [3, 2, 1, 0]


def test_a_genre_row_holds_that_genre_in_the_order_of_the_ranking() -> None:
    row = rows.genre(CATALOG, "Drama", 0.5, ranked(4, 2, 1, 3))
    assert (row.row_id, row.titles.ids.tolist()) == ("genre-drama", [4, 1])


def test_the_favourite_genre_is_watched_more_than_its_share_of_the_catalog() -> None:
    watched, weights = np.array([1, 2], np.int32), np.array([3.0, 1.0], np.float32)
    found = rows.favourite_genres(CATALOG, watched, weights)
    # shares: Drama 3/4, War 3/4, Comedy 1/4; of the catalog: 3/5, 1/5, 1/5
    assert found == [("War", 0.75), ("Drama", 0.75), ("Comedy", 0.25)]


def test_who_watched_nothing_has_no_favourite() -> None:
    nothing = np.array([], np.int32)
    assert rows.favourite_genres(CATALOG, nothing, nothing.astype(np.float32)) == []


def test_the_row_of_a_watched_title_names_it() -> None:
    row = rows.because_you_watched(CATALOG, 1, ranked(0))
    assert (row.row_id, row.name) == ("because-b", "Because you watched B")


@pytest.mark.parametrize("genres", [[None], [[]]])
def test_a_catalog_without_genres_has_no_genre_rows(genres: list[list[str] | None]) -> None:
    bare = Titles.from_table(pa.Table.from_pylist([title("a", genres=genres[0])], schema=TITLES))
    assert rows.favourite_genres(bare, np.array([0], np.int32), np.array([1.0], np.float32)) == []

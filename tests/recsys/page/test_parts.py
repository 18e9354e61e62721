"""Small parts of a page: lists, genres, where one looks, variety."""

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.page.diversity import varied
from recsys.page.examination import Examination
from recsys.page.facts import Facts
from recsys.page.genres import miscalibration
from recsys.page.ranked import Ranked
from tests.recsys.page.material import FACTS, ranked, titles


def test_padding_is_no_title() -> None:
    ids = np.array([3, -1, 1, -1], np.int32)
    assert Ranked.of(ids, np.zeros(4, np.float32), "test").ids.tolist() == [3, 1]


def test_one_list_after_another_repeats_nothing() -> None:
    assert ranked([3, 1]).then(ranked([1, 2, 3, 0])).ids.tolist() == [3, 1, 2, 0]


def test_the_favourite_genre_is_watched_more_than_its_share_of_the_catalog() -> None:
    genres = Facts.of(titles(t01={"genres": ["Drama", "War"]})).genres
    watched, weights = np.array([1, 0], np.int32), np.array([3.0, 1.0], np.float32)
    # shares: Drama 3/4, War 3/4, Comedy 1/4; of the catalog: 10/40, 1/40, 10/40
    assert genres.favourites(watched, weights) == [("War", 0.75), ("Drama", 0.75), ("Comedy", 0.25)]


def test_who_watched_nothing_has_no_favourite() -> None:
    nothing = np.array([], np.int32)
    assert FACTS.genres.favourites(nothing, nothing.astype(np.float32)) == []


@pytest.mark.parametrize("unknown", [None, []])
def test_a_catalog_without_genres_has_no_favourites(unknown: list[str] | None) -> None:
    bare = Facts.of(titles(**{f"t{n:02d}": {"genres": unknown} for n in range(40)})).genres
    assert bare.favourites(np.array([0], np.int32), np.array([1.0], np.float32)) == []
    assert not bare.having("Drama").any()


def test_a_mix_is_compared_with_many_at_once() -> None:
    wanted = np.array([0.5, 0.5, 0.0], np.float32)
    shown = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]], np.float32)
    same, other = miscalibration(wanted, shown)
    assert same == pytest.approx(0, abs=1e-6)
    assert other == pytest.approx(-np.log(0.01), rel=1e-5)  # nothing in common


def test_where_one_looks_is_found_in_what_was_chosen() -> None:
    random = np.random.default_rng(0)
    rows, columns = (one.ravel() for one in np.mgrid[:8, :12])
    truth = Examination(row=0.8, column=0.9)
    shown = np.full(len(rows), 20_000)
    chosen = random.binomial(shown, 0.2 * truth.row**rows * truth.column**columns)
    found = Examination.fitted(rows, columns, shown, chosen)
    assert (found.row, found.column) == (pytest.approx(0.8, abs=0.01), pytest.approx(0.9, abs=0.01))


def test_a_kind_that_always_stands_low_does_not_make_the_fall_steeper() -> None:
    # Two kinds change places, and one of them appeals ten times as much.
    rows, kinds = np.array([0, 1, 0, 1]), np.array([0, 1, 1, 0])
    shown = np.array([90_000, 90_000, 10_000, 10_000])
    appeal = np.array([0.5, 0.05])[kinds]
    chosen = np.rint(shown * appeal * 0.8**rows).astype(int)
    columns = np.zeros(4, int)
    assert Examination.fitted(rows, columns, shown, chosen).row < 0.5
    assert Examination.fitted(rows, columns, shown, chosen, kinds).row == pytest.approx(
        0.8, abs=0.01
    )


def test_nothing_chosen_says_nothing_of_where_one_looks() -> None:
    places = np.arange(3)
    with pytest.raises(InputError, match="30 shown, 0 chosen"):
        Examination.fitted(places, places, np.full(3, 10), np.zeros(3, int))


def test_variety_takes_the_next_that_is_unlike_those_before() -> None:
    appeal = np.array([[0.9, 0.8, 0.7, 0.1]], np.float32)
    traits = np.array([[[1, 0], [1, 0], [0, 1], [0, 1]]], np.float32)
    wanted = np.array([True])
    assert varied(appeal, traits, wanted, 0.0, 4).tolist() == [[0, 1, 2, 3]]
    assert varied(appeal, traits, wanted, 0.5, 2).tolist() == [[0, 2, 1, 3]]
    assert varied(appeal, traits, ~wanted, 0.5, 2).tolist() == [[0, 1, 2, 3]]

"""Coverage, evenness, novelty, diversity and calibration, by examples one can redo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recsys.interactions import Histories
from recsys.metrics import calibration, coverage, intra_list_diversity, novelty, one_minus_gini
from recsys.metrics.beyond import exposures
from recsys.metrics.genres import genre_matrix, genre_names
from recsys.titles import Titles
from tests import worlds

GENRES = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], np.float32)
LISTS = st.lists(st.permutations(range(5)), min_size=1, max_size=4).map(
    lambda rows: np.array(rows, np.int32)
)


def test_exposures_count_lists_as_often_as_they_are_drawn() -> None:
    lists = np.array([[0, 1], [1, -1]], np.int32)
    assert exposures(lists, 3).tolist() == [1, 2, 0]
    assert exposures(lists, 3, np.array([0, 2])).tolist() == [0, 2, 0]


@given(arrays.arrays(np.int64, st.integers(1, 8), elements=st.integers(0, 9)))
def test_gini_is_the_mean_difference_of_all_pairs(shown: np.ndarray) -> None:
    differences = np.abs(shown[:, None] - shown[None, :]).sum()
    expected = 1 - differences / (2 * len(shown) * max(shown.sum(), 1))
    assert one_minus_gini(shown) == pytest.approx(expected, abs=1e-12)
    assert 0 <= one_minus_gini(shown) <= 1


def test_equal_exposure_is_1_and_no_exposure_covers_nothing() -> None:
    assert one_minus_gini(np.array([3, 3, 3])) == 1
    assert coverage(np.zeros(3, np.int64)) == 0


def test_novelty_is_0_for_what_all_watched_and_1_for_what_nobody_did() -> None:
    train = Histories.of([[0], [0], [0], []], n_titles=2)
    values = novelty(np.array([[0], [1], [-1]], np.int32), train)
    assert values[:2].tolist() == [0, 1]
    assert np.isnan(values[2])


def test_diversity_is_one_minus_the_mean_cosine_of_the_pairs() -> None:
    cosine = 1 / np.sqrt(2)
    expected = 1 - (cosine + 0 + cosine) / 3
    values = intra_list_diversity(np.array([[0, 1, 2]], np.int32), GENRES)
    assert values == pytest.approx([expected], abs=1e-6)


def test_diversity_needs_two_titles_of_which_something_is_known() -> None:
    lists = np.array([[0, 4, -1], [0, 4, 3]], np.int32)
    values = intra_list_diversity(lists, GENRES)
    assert np.isnan(values[0])
    assert values[1] == 1


def test_calibration_of_a_worked_example() -> None:
    """History: half of genre 0 and half of genre 1; list: genre 0 alone."""
    history = Histories.of([[0, 2]], n_titles=5)
    near, far = 0.99 * 1 + 0.01 * 0.5, 0.01 * 0.5
    divergence = 0.5 * np.log(0.5 / near) + 0.5 * np.log(0.5 / far)
    values = calibration(np.array([[0]], np.int32), history, GENRES)
    assert values == pytest.approx([1 - divergence / np.log(100)], abs=1e-6)


def test_calibration_says_nothing_of_an_empty_history() -> None:
    assert np.isnan(calibration(np.array([[0]]), Histories.of([[]], 5), GENRES)).all()


@given(LISTS)
def test_values_are_between_0_and_1_and_a_batch_equals_its_rows(lists: np.ndarray) -> None:
    histories = Histories.of([[row % 4, 3] for row in range(len(lists))], 5)
    for values, alone in (
        (intra_list_diversity(lists, GENRES), intra_list_diversity(lists[:1], GENRES)),
        (novelty(lists, histories), novelty(lists[:1], histories)),
        (
            calibration(lists, histories, GENRES),
            calibration(lists[:1], histories.take(slice(0, 1)), GENRES),
        ),
    ):
        assert ((values >= 0) & (values <= 1)).all()
        assert values[0] == pytest.approx(alone[0], abs=1e-9)


def test_a_list_of_the_history_itself_is_calibrated() -> None:
    lists = np.array([[0, 1, 2]], np.int32)
    assert calibration(lists, Histories.of([[2, 1, 0]], 5), GENRES) == pytest.approx([1])


def test_genres_are_read_from_the_catalog_and_may_be_missing() -> None:
    titles = worlds.described_titles(np.array([1, 0, 1]))
    assert genre_names(titles) == ["Genre 0", "Genre 1"]
    assert genre_matrix(titles).tolist() == [[0, 1], [1, 0], [0, 1]]
    assert genre_matrix(Titles.bare(worlds.id_map(3))).shape == (3, 0)

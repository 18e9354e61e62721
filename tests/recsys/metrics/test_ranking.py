"""The definitions are scikit-learn's or a worked example's, and behave as their names promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from recsys.errors import InputError
from recsys.interactions import Histories
from recsys.metrics import METRICS, average_precision, hit_rate, ndcg, recall, reciprocal_rank

TITLES = 12
LISTS = st.permutations(range(TITLES))
SETS = st.sets(st.integers(0, TITLES - 1), min_size=1)
PLACES = st.integers(1, TITLES)


def value(name: str, listed: list[int], relevant: set[int], k: int) -> float:
    given_lists = np.array([listed], np.int32)
    return float(METRICS[name](given_lists, Histories.of([sorted(relevant)], TITLES), k)[0])


def test_a_worked_example() -> None:
    recommended = np.array([[5, 2, 7, 1], [3, 0, 4, 6]], np.int32)
    relevant = Histories.of([[2, 1, 9], [4]], n_titles=10)
    expected = {
        "recall": [2 / 3, 1],
        "recall_capped": [2 / 3, 1],
        "precision": [2 / 4, 1 / 4],
        "hr": [1, 1],
        "mrr": [1 / 2, 1 / 3],
        "map": [(1 / 2 + 2 / 4) / 3, 1 / 3],
        "ndcg": [
            (1 / np.log2(3) + 1 / np.log2(5)) / (1 + 1 / np.log2(3) + 1 / np.log2(4)),
            1 / np.log2(4),
        ],
    }
    for name, values in expected.items():
        assert METRICS[name](recommended, relevant, 4) == pytest.approx(values, abs=1e-12)


@given(LISTS, SETS, PLACES)
def test_ndcg_is_that_of_scikit_learn(listed: list[int], relevant: set[int], k: int) -> None:
    truth = np.isin(np.arange(TITLES), list(relevant)).astype(float)
    scores = np.empty(TITLES)
    scores[listed] = np.arange(TITLES)[::-1]
    expected = ndcg_score(truth[None], scores[None], k=k)
    assert value("ndcg", listed, relevant, k) == pytest.approx(expected, abs=1e-9)


@given(LISTS, SETS)
def test_map_over_the_whole_catalog_is_that_of_scikit_learn(
    listed: list[int], relevant: set[int]
) -> None:
    truth = np.isin(listed, list(relevant))
    expected = average_precision_score(truth, np.arange(TITLES)[::-1])
    assert value("map", listed, relevant, TITLES) == pytest.approx(expected, abs=1e-9)


@given(LISTS, SETS, PLACES)
def test_every_value_is_between_0_and_1(listed: list[int], relevant: set[int], k: int) -> None:
    assert all(0 <= value(name, listed, relevant, k) <= 1 for name in METRICS)


@given(SETS)
def test_a_perfect_list_is_1(relevant: set[int]) -> None:
    perfect = sorted(relevant)
    assert all(value(name, perfect, relevant, len(perfect)) == 1 for name in METRICS)


@given(LISTS, SETS, PLACES, st.randoms())
def test_the_order_of_what_is_irrelevant_changes_nothing(
    listed: list[int], relevant: set[int], k: int, random: np.random.Generator
) -> None:
    places = [i for i, title in enumerate(listed) if title not in relevant]
    others = [listed[i] for i in places]
    random.shuffle(others)
    shuffled = list(listed)
    for place, title in zip(places, others, strict=True):
        shuffled[place] = title
    for name in METRICS:
        assert value(name, shuffled, relevant, k) == value(name, listed, relevant, k)


@given(LISTS, SETS, PLACES, st.data())
def test_one_more_hit_lowers_nothing(
    listed: list[int], relevant: set[int], k: int, data: st.DataObject
) -> None:
    """A miss in the list is replaced by a relevant title from outside of it."""
    inside, outside = listed[:k], set(listed[k:]) & relevant
    misses = [place for place, title in enumerate(inside) if title not in relevant]
    if not misses or not outside:
        return
    better = list(inside)
    better[data.draw(st.sampled_from(misses))] = min(outside)
    for name in METRICS:
        assert value(name, better, relevant, k) >= value(name, inside, relevant, k) - 1e-12


@given(LISTS, SETS, PLACES)
def test_a_batch_equals_its_rows(listed: list[int], relevant: set[int], k: int) -> None:
    both = np.array([listed, listed[::-1]], np.int32)
    wanted = Histories.of([sorted(relevant), [listed[0]]], TITLES)
    for metric in METRICS.values():
        alone = [metric(both[[row]], wanted.take(np.array([row])), k)[0] for row in (0, 1)]
        assert metric(both, wanted, k).tolist() == alone


def test_a_viewer_with_nothing_relevant_has_no_value() -> None:
    relevant = Histories.of([[], [1]], n_titles=3)
    for metric in METRICS.values():
        values = metric(np.array([[0, 1], [0, 1]], np.int32), relevant, 2)
        assert np.isnan(values).tolist() == [True, False]


def test_an_empty_place_is_a_miss_and_a_title_outside_the_catalog_is_not_relevant() -> None:
    recommended = np.array([[-1, -1, 2]], np.int32)
    relevant = Histories.of([[-1, 2]], n_titles=3)
    assert recall(recommended, relevant, 2).tolist() == [0]
    assert recall(recommended, relevant, 3).tolist() == [1]


def test_a_list_shorter_than_k_is_judged_by_k() -> None:
    recommended, relevant = np.array([[4]], np.int32), Histories.of([[4, 5]], 6)
    assert METRICS["precision"](recommended, relevant, 10).tolist() == [1 / 10]
    assert ndcg(recommended, relevant, 10) == pytest.approx([1 / (1 + 1 / np.log2(3))])
    assert average_precision(recommended, relevant, 10).tolist() == [1 / 2]
    assert hit_rate(recommended, relevant, 10).tolist() == [1]
    assert reciprocal_rank(recommended, relevant, 10).tolist() == [1]


def test_what_cannot_be_judged_is_refused() -> None:
    one = Histories.of([[1]], n_titles=3)
    with pytest.raises(
        InputError, match="viewer 0: expected each title once in a list, got title 2 twice"
    ):
        recall(np.array([[2, 0, 2]], np.int32), one, 3)
    with pytest.raises(InputError, match="k of at least 1"):
        recall(np.array([[2]], np.int32), one, 0)
    with pytest.raises(InputError, match="recommendations for 1 viewers, got 2"):
        recall(np.array([[2], [1]], np.int32), one, 1)


def test_capped_recall_can_reach_one_where_more_is_relevant_than_a_list_holds() -> None:
    recommended = np.array([[0, 1, 9], [0, 8, 9]], np.int32)
    relevant = Histories.of([[0, 1, 2, 3], [0, 1, 2, 3]], n_titles=10)
    assert METRICS["recall_capped"](recommended, relevant, 2).tolist() == [2 / 2, 1 / 2]
    assert METRICS["recall"](recommended, relevant, 2).tolist() == [2 / 4, 1 / 4]

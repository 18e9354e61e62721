"""Scores lean towards some titles and away from others, whatever their scale; what is shut stays shut."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.interactions import Histories
from recsys.ranking.leaning import SOFTENING, leaned, softened
from recsys.ranking.recommender import Recommender
from tests import worlds
from tests.recsys.ranking.test_recommender import CONTEXT, histories


def test_what_is_like_a_title_turned_down_falls_the_more_the_more_alike() -> None:
    ids = np.array([[1, 2, -1], [2, 3, -1]], np.int32)
    scores = np.array([[4.0, 2.0, -np.inf], [1.0, 0.5, -np.inf]], np.float32)
    half, quarter = 1 - SOFTENING, 1 - SOFTENING / 2
    assert softened(ids, scores, 5).tolist() == [1, half, half, quarter, 1]


def test_a_factor_below_1_lowers_a_title_even_among_negative_scores() -> None:
    scores = np.array([[-3.0, -1.0, -2.0, -np.inf]], np.float32)
    factors = np.array([1, 0.25, 1, 9], np.float32)
    assert leaned(scores, factors).tolist() == [[-3.0, -2.5, -2.0, -np.inf]]


@pytest.mark.parametrize("algorithm", ["hybrid", "collaborative", "content-based"])
def test_a_title_rises_and_falls_with_its_factor(recommender: Recommender, algorithm: str) -> None:
    def place(factor: float) -> int:
        factors = np.ones(40, np.float32)
        factors[title] = factor
        answer = recommender.leaning(factors).recommend(asked, CONTEXT, 38, algorithm=algorithm)
        return answer.ids[0].tolist().index(title)

    asked = histories([0, 4])
    plain = recommender.recommend(asked, CONTEXT, 38, algorithm=algorithm).ids[0]
    title = int(plain[5])
    assert place(1.0) == 5
    assert place(4.0) < 5 < place(0.2)


def test_popular_titles_lean_too(recommender: Recommender) -> None:
    first = recommender.popular(CONTEXT, 3).ids[0, 0]
    factors = np.ones(40, np.float32)
    factors[first] = 0.01
    assert first not in recommender.leaning(factors).popular(CONTEXT, 3).ids


def test_a_weight_of_nought_is_seen_and_tells_nothing(recommender: Recommender) -> None:
    whole = histories([0, 4, 5, 9])
    turned_down = replace(whole, weights=np.array([1, 1, 0, 0], np.float32))
    answer = recommender.recommend(turned_down, CONTEXT, 10)
    without = recommender.recommend(histories([0, 4]), CONTEXT, 12)
    expected = [title for title in without.ids[0] if title not in {5, 9}]
    assert answer.ids[0].tolist() == expected[:10]


@pytest.mark.parametrize("algorithm", ["hybrid", "collaborative", "content-based"])
def test_who_turned_everything_down_is_answered_as_a_new_viewer(
    recommender: Recommender, algorithm: str
) -> None:
    nothing = replace(histories([0, 4]), weights=np.zeros(2, np.float32))
    answer = recommender.recommend(nothing, CONTEXT, 5, algorithm=algorithm)
    new = recommender.recommend(Histories.of([[]], 40), CONTEXT, 7, algorithm=algorithm)
    assert answer.ids[0].tolist() == [title for title in new.ids[0] if title not in {0, 4}][:5]


def test_heard_are_the_entries_with_a_weight() -> None:
    whole = worlds.small_world()[0].histories
    weights = whole.weights * (whole.titles % 3 > 0)
    heard = replace(whole, weights=weights.astype(np.float32)).heard()
    assert len(heard) == len(whole)
    assert sorted({int(title) % 3 for title in heard.titles}) == [1, 2]

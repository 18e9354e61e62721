"""Scores lean towards some titles and away from others, whatever their scale; what is shut stays shut."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.interactions import Histories
from recsys.ranking.answers import Recommendations
from recsys.ranking.leaning import SOFTENING, interleaved, leaned, softened
from recsys.ranking.recommender import Recommender
from tests import worlds
from tests.recsys.ranking.test_recommender import CONTEXT, histories


def test_what_is_like_a_title_turned_down_falls_the_more_the_more_alike() -> None:
    ids = np.array([[1, 2, -1], [2, 3, -1]], np.int32)
    scores = np.array([[4.0, 2.0, -np.inf], [1.0, 0.5, -np.inf]], np.float32)
    half, quarter = 1 - SOFTENING, 1 - SOFTENING / 2
    assert softened(ids, scores, 5).tolist() == [1, half, half, quarter, 1]


def test_a_factor_below_1_lowers_a_title_even_among_negative_scores() -> None:
    scores = np.array([[-3.0, -1.0, -np.inf]], np.float32)
    factors = np.array([1, 0.25, 9], np.float32)
    # The deviation is 1, so heights count from -4.
    assert leaned(scores, factors).tolist() == [[-3.0, -4 + 0.25 * 3, -np.inf]]


def test_a_title_is_lifted_of_which_a_model_has_nothing_to_say() -> None:
    silent = np.zeros((1, 3), np.float32)
    assert leaned(silent, np.array([1, 1.5, 0.5], np.float32)).argsort()[0].tolist() == [2, 0, 1]
    nothing = np.full((1, 3), -np.inf, np.float32)
    assert np.isneginf(leaned(nothing, np.ones(3, np.float32))).all()


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


def listed(*titles: int, source: str = "plain") -> Recommendations:
    ids = np.array([titles], np.int32)
    scores = np.where(ids >= 0, 10.0 - np.arange(len(titles)), -np.inf).astype(np.float32)
    return Recommendations(ids, scores, np.where(ids >= 0, source, "").astype(object))


def test_of_three_that_follow_each_other_one_is_wanted_wherever_there_is_one() -> None:
    wanted = np.arange(10) >= 7
    mixed = interleaved(listed(0, 1, 2, 3, 8, 4), listed(7, 8, 9, -1, -1, -1, source="own"), wanted)
    assert mixed.ids.tolist() == [[0, 1, 7, 2, 3, 8]]
    assert mixed.scores.tolist() == [[10, 9, 9, 8, 7, 7]]
    assert mixed.sources.tolist() == [["plain", "plain", "own", "plain", "plain", "own"]]


def test_what_is_there_already_is_no_more_and_padding_comes_last() -> None:
    wanted = np.arange(10) >= 7
    few = interleaved(listed(7, 0, 1, -1), listed(7, -1, -1, -1), wanted)
    assert few.ids.tolist() == [[7, 0, 1, -1]]
    assert few.scores.tolist() == [[10, 9, 8, -np.inf]]


def test_a_title_comes_that_nothing_proposed(recommender: Recommender) -> None:
    unwatched = int(np.flatnonzero(recommender.model.watchers_ == 0)[0])
    factors = np.ones(40, np.float32)
    factors[unwatched] = 1.5
    for asked in (histories([0, 4]), Histories.of([[]], 40)):
        assert unwatched not in recommender.recommend(asked, CONTEXT, 5).ids
        leaning = recommender.leaning(factors, (factors > 1,))
        assert unwatched in leaning.recommend(asked, CONTEXT, 5).ids[0, :3]


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

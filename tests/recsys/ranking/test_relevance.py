"""Relevance is a share of the best title's height, and what only fills an answer up has none."""

import numpy as np
import pytest

from recsys.ranking.answers import Recommendations
from recsys.ranking.relevance import relevances, relevant


def answer(*titles: tuple[int, float]) -> Recommendations:
    ids, scores = zip(*titles, strict=True)
    sources = np.full((1, len(ids)), "als", object)
    return Recommendations(np.array([ids], np.int32), np.array([scores], np.float32), sources)


MIXED = answer((4, 5.0), (2, 3.0), (9, 1.0), (7, 0.5))


def test_heights_are_over_the_ground() -> None:
    assert relevances(MIXED.scores)[0].tolist() == pytest.approx([1.0, 0.6, 0.2, 0.1])
    assert relevances(MIXED.scores, 1.0)[0].tolist() == [1.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(("least", "kept"), [(0, 4), (0.01, 2), (0.5, 2), (0.51, 1), (1, 1)])
def test_less_relevant_titles_are_left_out(least: float, kept: int) -> None:
    assert relevant(MIXED, least, 1.0).ids[0].tolist() == [4, 2, 9, 7][:kept]


def test_to_one_of_whom_nothing_is_known_nothing_is_relevant() -> None:
    popular = answer((1, 0.9), (-1, -np.inf))
    assert relevant(popular, 0.1, 1.0).ids.shape == (1, 0)

"""How near each title of an answer comes to the best: fewer titles in place of ones that say nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.ranking.answers import Recommendations
from recsys.topk import FloatMatrix

GROUND: Final = {"hybrid": 1.0}
"""The height from which a title says something of a viewer: what fills a hybrid's list up scores at most so much,
before anything is lifted or lowered by what a viewer said or opened. Of all others it is 0."""


def relevances(scores: FloatMatrix, ground: float = 0.0) -> FloatMatrix:
    """Return each title's height above the ground as a share of its row's best, float32 in [0, 1].

    Examples
    --------
    >>> relevances(np.array([[5, 3, 1, 0.5]], np.float32), ground=1.0).tolist()
    [[1.0, 0.5, 0.0, 0.0]]
    """
    height = np.maximum(scores - np.float32(ground), 0)
    best = height.max(axis=1, keepdims=True, initial=0)
    return np.divide(height, best, out=np.zeros_like(height), where=best > 0)


def relevant(answer: Recommendations, least: float, ground: float = 0.0) -> Recommendations:
    """Return an answer without the titles of less relevance, in the same order; 0 leaves all.

    Parameters
    ----------
    answer : Recommendations
        For one viewer, or like one title.
    least : float
        In [0, 1].
    ground : float
        See ``GROUND``.
    """
    if least <= 0:
        return answer
    return _kept(answer, relevances(answer.scores, ground)[0] >= least)


def none(answer: Recommendations, least: float) -> Recommendations:
    """Return an answer of which nothing is relevant, as ``relevant`` does."""
    return answer if least <= 0 else _kept(answer, np.zeros(answer.ids.shape[1], bool))


def _kept(answer: Recommendations, kept: NDArray[np.bool_]) -> Recommendations:
    columns = {name: getattr(answer, name)[:, kept] for name in ("ids", "scores", "sources")}
    return replace(answer, **columns)

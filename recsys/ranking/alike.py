"""Titles like a title: what others watched with it, and what it is made of, in one order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.ids import InternalIds
from recsys.topk import FloatMatrix

SMOOTHING = 5
"""``1 / (SMOOTHING + rank)`` is what a part's neighbour counts."""
POOL = 200
"""Neighbours that each part names."""
TRUST = 20
"""Viewers of a title at which what they watched with it counts half."""


def similarities(
    parts: Mapping[str, Algorithm], titles: InternalIds, watchers: NDArray[np.int64]
) -> FloatMatrix:
    """Score all titles by likeness to the given ones, float32 (n_given, n_titles).

    Each part votes for its neighbours by reciprocal rank. What was watched together counts as far
    as there were viewers to tell, so a cold title falls to its content.

    Parameters
    ----------
    parts : mapping
        Fitted; popularity has no say.
    titles : int32 (n_given,)
    watchers : int64 (n_titles,)
        Viewers of each title.
    """
    scores = np.zeros((len(titles), len(watchers)), np.float32)
    crowd = {n: p for n, p in parts.items() if p.name not in {"content", "popularity"}}
    trust = watchers / (watchers + TRUST)
    for part in parts.values():
        if part.name == "popularity":
            continue
        weight = np.ones(len(watchers))
        if part.name != "content":
            weight = trust / len(crowd)
        ids, _ = part.similar(titles, min(POOL, len(watchers)))
        rows, ranks = np.nonzero(ids >= 0)
        found = ids[rows, ranks]
        votes = weight[titles[rows]] * np.minimum(weight[found], 1) / (SMOOTHING + ranks)
        np.add.at(scores, (rows, found), votes.astype(np.float32))
    return scores

"""Titles like a title: what others watched with it, and what it is made of, in one order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.ids import InternalIds
from recsys.topk import FloatMatrix

POOL = 200
"""Neighbours that each part names."""
SMOOTHING = 30
"""A neighbour at rank ``r``, from 0, counts ``SMOOTHING / (SMOOTHING + r)``."""
TRUST = 20
"""Viewers of a title at which what they watched with it counts half."""
DAMPING = 0.4
"""What everybody watches stands beside everything; a neighbour's fame counts against it so much."""
BASE = 0.1
"""What watching together counts where the content says nothing."""
CONTENT = 0.3
"""What content counts by itself, which is all that speaks for a title nobody watched."""


def similarities(
    parts: Mapping[str, Algorithm], titles: InternalIds, watchers: NDArray[np.int64]
) -> FloatMatrix:
    r"""Score all titles by likeness to the given ones, float32 (n_given, n_titles).

    .. math:: together_{tu} \, (b + content_{tu}) + c \, content_{tu} \, (0.1 + 0.9 \, trust_u)

    where *together* is the parts' mean vote for the neighbour ``u`` of ``t``, times how many viewers of both
    there are to tell (``trust``) and less for a neighbour far more popular than ``t``.

    Parameters
    ----------
    parts : mapping
        Fitted; popularity has no say.
    titles : int32 (n_given,)
    watchers : int64 (n_titles,)
        Viewers of each title.
    """
    crowd = [p for p in parts.values() if p.name not in {"content", "popularity"}]
    content = [p for p in parts.values() if p.name == "content"]
    trust = watchers / (watchers + TRUST)
    made_of = _cosines(content[0], titles) if content else None
    scores = np.zeros((len(titles), len(watchers)), np.float32)
    if made_of is not None:
        np.multiply(CONTENT * made_of, 0.1 + 0.9 * trust, out=scores, casting="same_kind")
    rows, others, votes = _votes(crowd, titles, len(watchers))
    fame = ((watchers[titles[rows]] + 1) / (watchers[others] + 1)) ** DAMPING
    together = trust[titles[rows]] * trust[others] * fame * votes
    if made_of is None:
        scores[rows, others] = together
    else:
        alone = CONTENT * made_of[rows, others] * (0.1 + 0.9 * trust[others])
        scores[rows, others] = together * (BASE + made_of[rows, others]) + alone
    return scores


def _votes(
    parts: list[Algorithm], titles: InternalIds, n_titles: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs of given title (its row) and neighbour that any part names, and their votes."""
    cells, votes = [np.empty(0, np.int64)], [np.empty(0, np.float64)]
    for part in parts:
        ids, _ = part.similar(titles, min(POOL, n_titles))
        rows, ranks = np.nonzero(ids >= 0)
        cells.append((rows * n_titles + ids[rows, ranks]).astype(np.int64))
        votes.append(SMOOTHING / (SMOOTHING + ranks) / len(parts))
    named, place = np.unique(np.concatenate(cells), return_inverse=True)
    total = np.zeros(len(named))
    np.add.at(total, place, np.concatenate(votes))
    return named // n_titles, named % n_titles, total


def _cosines(part: Algorithm, titles: InternalIds) -> FloatMatrix:
    """Return how alike titles are by what they are made of, in [0, 1], a title to itself 0."""
    return np.maximum(part.likeness(titles), 0)

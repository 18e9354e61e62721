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
    fame = ((watchers[titles, None] + 1) / (watchers + 1)) ** DAMPING
    together = trust[titles, None] * trust * fame * _votes(crowd, titles, len(watchers))
    if not content:
        return together.astype(np.float32)
    made_of = _cosines(content[0], titles, len(watchers))
    alone = CONTENT * made_of * (0.1 + 0.9 * trust)
    return (together * (BASE + made_of) + alone).astype(np.float32)


def _votes(parts: list[Algorithm], titles: InternalIds, n_titles: int) -> NDArray[np.float64]:
    votes = np.zeros((len(titles), n_titles))
    for part in parts:
        ids, _ = part.similar(titles, min(POOL, n_titles))
        rows, ranks = np.nonzero(ids >= 0)
        votes[rows, ids[rows, ranks]] += SMOOTHING / (SMOOTHING + ranks) / len(parts)
    return votes


def _cosines(part: Algorithm, titles: InternalIds, n_titles: int) -> NDArray[np.float64]:
    ids, scores = part.similar(titles, n_titles)
    rows, places = np.nonzero(ids >= 0)
    cosines = np.zeros((len(titles), n_titles))
    cosines[rows, ids[rows, places]] = np.maximum(scores[rows, places], 0)
    return cosines

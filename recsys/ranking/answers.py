"""What a recommender answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.topk import FloatMatrix

if TYPE_CHECKING:
    from recsys.ranking.near import Neighbours

POPULARITY: Final = "popularity"
SOURCES: Final = np.array([POPULARITY, "similar", ""], object)
"""Of a neighbour that is popular alone, of one that is alike, and of none."""


@dataclass(frozen=True, slots=True)
class Recommendations:
    """An answer.

    Attributes
    ----------
    ids : int32 (n_asked, n)
        Internal ids, best first, padded with -1.
    scores : float32 (n_asked, n)
        Padded with ``-inf``.
    sources : object (n_asked, n)
        What proposed each title best; "" for padding.
    degraded : tuple of str
        The rungs that were missing, such as "ranker"; empty when all is well.
    """

    ids: InternalIds
    scores: FloatMatrix
    sources: NDArray[np.object_]
    degraded: tuple[str, ...] = ()


def named(
    ids: InternalIds, scores: FloatMatrix, source: str, degraded: tuple[str, ...] = ()
) -> Recommendations:
    """Return an answer all of which one source proposed."""
    return Recommendations(ids, scores, np.where(ids >= 0, source, "").astype(object), degraded)


def alike(found: Sequence[Neighbours], n: int, degraded: tuple[str, ...] = ()) -> Recommendations:
    """Return ``n`` neighbours of each of several titles as an answer; what is only popular says so."""
    ids = np.array([one.ids for one in found], np.int32).reshape(-1, n)
    best = np.array([one.scores for one in found], np.float32).reshape(-1, n)
    like = np.array([one.alike for one in found], bool).reshape(-1, n)
    sources = SOURCES[np.where(ids >= 0, like.astype(np.int8), 2)]
    return Recommendations(ids, best, sources, degraded)

"""The titles most like a title, remembered: they depend on nobody who asks, and a few titles are asked about most."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recsys.ids import UNKNOWN, InternalIds
from recsys.ranking.hybrid import Hybrid
from recsys.topk import FloatMatrix, top_k

if TYPE_CHECKING:
    from recsys.ranking.neighbourhoods import Neighbourhoods

KEPT = 600
"""Neighbours that are remembered of a title: twice a page's longest list, since some may not be shown."""

MOST = 8192
"""Titles whose neighbours are remembered, those asked about last: 44 MB."""

POPULAR = 1e-6
"""What popularity counts, so that popular titles follow those that are alike."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Of one title, best first.

    Attributes
    ----------
    ids : int32 (n,)
        Padded with -1.
    scores : float32 (n,)
        Padded with ``-inf``.
    alike : bool (n,)
        Whether each is alike at all, or only popular.
    """

    ids: InternalIds
    scores: NDArray[np.float32]
    alike: NDArray[np.bool_]

    def take(self, places: NDArray[np.int64]) -> Neighbours:
        """Return some of them."""
        return Neighbours(self.ids[places], self.scores[places], self.alike[places])


class Near:
    """Finds the neighbours of titles for one model; safe to share among threads.

    Parameters
    ----------
    model : Hybrid
    known : Neighbourhoods, optional
        What was found beforehand.
    """

    def __init__(self, model: Hybrid, known: Neighbourhoods | None = None) -> None:
        self.model, self._known = model, known
        self._kept: OrderedDict[int, Neighbours] = OrderedDict()
        self._lock = threading.Lock()

    def best(self, given: InternalIds, n: int, shown: NDArray[np.bool_]) -> list[Neighbours]:
        """Return the ``n`` titles most like each given one among those that may be shown.

        Parameters
        ----------
        given : int32 (n_given,)
        n : int
            At least 1.
        shown : bool (n_titles,)
        """
        found = [self.at_hand(int(title), n, shown) for title in given]
        missing = [at for at, one in enumerate(found) if one is None]
        if missing:
            wanted = given[missing]
            all_scores = self._scores(wanted, self.model.similarities(wanted))
            for at, scores in zip(missing, all_scores, strict=True):
                self._remember(int(given[at]), scores)
                found[at] = _cut(scores, n, shown)
        return [one for one in found if one is not None]

    def looked_for(self, given: InternalIds, n: int, shown: NDArray[np.bool_]) -> list[Neighbours]:
        """Return the answer of ``best`` without what is remembered, and without remembering it."""
        scores = self._scores(given, self.model.similarities(given))
        return [_cut(one, n, shown) for one in scores]

    def popular(self, given: InternalIds, n: int, shown: NDArray[np.bool_]) -> list[Neighbours]:
        """Return the answer of ``best`` if nothing were known to be alike."""
        nothing = np.zeros((len(given), len(shown)), np.float32)
        return [_cut(scores, n, shown) for scores in self._scores(given, nothing)]

    def _scores(
        self, given: InternalIds, likeness: FloatMatrix
    ) -> list[tuple[FloatMatrix, FloatMatrix]]:
        """Return the likeness of all titles to each given one, and the same with what popularity adds."""
        scores = (likeness + POPULAR * self.model.popularity_).astype(np.float32)
        scores[np.arange(len(given)), given] = -np.inf
        return list(zip(likeness, scores, strict=True))

    def at_hand(self, title: int, n: int, shown: NDArray[np.bool_]) -> Neighbours | None:
        """Return the answer of ``best`` for one title if it is known or remembered, which must be sure."""
        known = None if self._known is None else self._known.get(title)
        if known is not None and (enough := _enough(known, n, shown)) is not None:
            return enough
        with self._lock:
            kept = self._kept.get(title)
            if kept is None:
                return None
            self._kept.move_to_end(title)
        return _enough(kept, n, shown)

    def _remember(self, title: int, scores: tuple[FloatMatrix, FloatMatrix]) -> None:
        kept = _cut(scores, KEPT, None)
        if kept.ids[-1] == UNKNOWN:
            return  # so small a catalog is quick to look through
        with self._lock:
            self._kept[title] = kept
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)


def _enough(kept: Neighbours, n: int, shown: NDArray[np.bool_]) -> Neighbours | None:
    """Return the first ``n`` that may be shown, or None if there are not so many."""
    places = np.flatnonzero(shown[kept.ids])[:n]
    return kept.take(places) if len(places) == n else None


def _cut(
    scores: tuple[FloatMatrix, FloatMatrix], n: int, shown: NDArray[np.bool_] | None
) -> Neighbours:
    likeness, ordered = scores
    masked = ordered if shown is None else np.where(shown, ordered, np.float32(-np.inf))
    ids, best = top_k(masked[None], n)
    return Neighbours(ids[0], best[0], likeness[np.maximum(ids[0], 0)] > 0)

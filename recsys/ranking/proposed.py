"""What was proposed in its order, and after it what is most watched."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recsys.algorithms.popularity import Popularity
from recsys.errors import InputError
from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories
from recsys.ranking.candidates import Candidates
from recsys.topk import FloatMatrix


@dataclass(frozen=True, slots=True)
class Proposed:
    """Candidates in their order.

    Attributes
    ----------
    candidates : Candidates
    order : float32 (n_pairs,)
        The higher the better.
    """

    candidates: Candidates
    order: NDArray[np.float32]

    def among_all(self, popular: FloatMatrix) -> FloatMatrix:
        """Return scores of all titles: from 2 what was proposed, in order, and up to 1 the rest by popularity.

        Parameters
        ----------
        popular : float32 (n_histories, n_titles)
            At least 0.
        """
        scores = (popular / np.maximum(popular.max(axis=1, initial=0)[:, None], 1e-12)).astype("f4")
        viewers = self.candidates.viewers
        least = np.full(len(scores), np.inf, np.float32)
        np.minimum.at(least, viewers, self.order)
        scores[viewers, self.candidates.titles] = 2 + self.order - least[viewers]
        return scores

    def best(
        self, histories: Histories, shut: NDArray[np.bool_], popular: Popularity, n: int
    ) -> tuple[InternalIds, FloatMatrix]:
        """Return what ``top_k`` finds in ``among_all``, without a look at the whole catalog.

        Parameters
        ----------
        histories : Histories
            Of known titles, which are left out.
        shut : bool (n_histories, n_titles)
            What else is.
        popular : Popularity
        n : int

        Raises
        ------
        InputError
            If something in the order is not a number.
        """
        if np.isnan(self.order).any():
            raise InputError(expected="an order by numbers", got="NaN", where="hybrid.answer")
        ids = np.full((len(histories), n), UNKNOWN, np.int32)
        best = np.full((len(histories), n), -np.inf, np.float32)
        for row, pairs in enumerate(self._pairs(len(histories))):
            scores = 2 + self.order[pairs] - self.order[pairs].min(initial=np.inf)
            first = np.argsort(-scores, kind="stable")[:n]  # equal ones by lower title
            count = len(first)
            ids[row, :count] = self.candidates.titles[pairs][first]
            best[row, :count] = scores[first]
            if count < n:
                one = histories.take(slice(row, row + 1))
                closed = shut[row].copy()
                closed[one.titles] = closed[self.candidates.titles[pairs]] = True
                more, watched = popular.most_watched(one, closed[None], n - count)
                highest = max(float(popular.of_region(one.regions[0]).max(initial=0)), 1e-12)
                ids[row, count:], best[row, count:] = more[0], watched[0] / highest
        return ids, best

    def _pairs(self, n_histories: int) -> list[slice]:
        bounds = np.searchsorted(self.candidates.viewers, np.arange(n_histories + 1))
        return [slice(start, end) for start, end in pairwise(bounds.tolist())]

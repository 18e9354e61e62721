"""When something happens to titles: each title's moment, and the titles in the order of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds


@dataclass(frozen=True, slots=True)
class Moments:
    """One moment of every title, sorted once, so that a page looks only at those it asks for.

    Attributes
    ----------
    at : datetime64[us] (n_titles,)
        UTC; NaT where unknown or never.
    latest : int32 (n_known,)
        The titles whose moment is known, the latest first; those of the same moment by their ids.
    before : int64 (n_known,)
        The moments of ``latest`` in microseconds before 1970, which ascend.
    """

    at: NDArray[np.datetime64]
    latest: InternalIds
    before: NDArray[np.int64]

    @classmethod
    def of(cls, at: NDArray[np.datetime64]) -> Self:
        """Sort titles by their moments, datetime64 (n_titles,)."""
        at = at.astype("datetime64[us]")
        known = np.flatnonzero(~np.isnat(at)).astype(np.int32)
        before = -at[known].astype(np.int64)
        order = np.argsort(before, kind="stable")
        return cls(at, known[order], before[order])

    def until(self, last: np.datetime64) -> InternalIds:
        """Return the titles whose moment is no later, int32 (n,), the latest first."""
        return self.latest[self._place(last, "left") :]

    def newest(self, last: np.datetime64, among: NDArray[np.bool_], n: int) -> InternalIds:
        """Return the latest ``n`` of some titles, bool (n_titles,), whose moment is no later, the latest first."""
        there = self.until(last)
        reach = 4 * n
        while True:
            found = there[:reach][among[there[:reach]]]
            if len(found) >= n or reach >= len(there):
                return found[:n]
            reach *= 4

    def between(self, first: np.datetime64, last: np.datetime64) -> InternalIds:
        """Return the titles whose moment is in a span, ends included, int32 (n,), in the order of their ids."""
        return np.sort(self.latest[self._place(last, "left") : self._place(first, "right")])

    def _place(self, moment: np.datetime64, side: Literal["left", "right"]) -> int:
        number = moment.astype("datetime64[us]").astype(np.int64)
        return int(np.searchsorted(self.before, -number, side))

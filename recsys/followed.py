"""Every entry of a history with every entry that followed it, added up title by title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Histories
from recsys.topk import FloatMatrix

PAIRS_AT_ONCE = 1_000_000
"""Pairs of entries that are added up together: what they are added to stays near the processor."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Entries of a range of titles, each with every entry that followed it in the same history.

    Attributes
    ----------
    titles : slice
    later, lags : int64 (n_pairs,)
        The entry that followed, and how many places on.
    cells : int64 (n_pairs,)
        The pair's place in the block of sums, flat.
    counted : float32 (n_pairs,)
        The weight of the earlier entry.
    size : int
        Columns of the block.
    """

    titles: slice
    later: NDArray[np.int64]
    lags: NDArray[np.int64]
    cells: NDArray[np.int64]
    counted: NDArray[np.float32]
    size: int

    def summed(self, values: NDArray[np.floating]) -> FloatMatrix:
        """Return the sum over pairs of titles, (n_titles of the range, size)."""
        shape = (self.titles.stop - self.titles.start, self.size)
        sums = np.bincount(self.cells, self.counted * values, shape[0] * shape[1])
        return sums.reshape(shape).astype(np.float32)


def followed(
    histories: Histories, titles: NDArray[np.int64], size: int, reach: int
) -> Iterator[Pairs]:
    """Yield the pairs at most ``reach`` places apart, a range of titles at a time.

    Parameters
    ----------
    histories : Histories
    titles : int64 (n_entries,)
        In place of those of the histories, in [0, size).
    size : int
    reach : int
    """
    order = np.argsort(titles, kind="stable")
    followed = np.minimum(histories.steps_ago, reach)[order]
    starts = np.searchsorted(titles[order], np.arange(size + 1))
    before = np.concatenate([[0], np.cumsum(followed)])[starts]
    begin = 0
    while begin < size:
        most = before[begin] + PAIRS_AT_ONCE
        end = max(begin + 1, int(np.searchsorted(before, most, side="right")) - 1)
        chosen, counts = order[starts[begin] : starts[end]], followed[starts[begin] : starts[end]]
        earlier = np.repeat(chosen, counts)
        lags = np.arange(1, len(earlier) + 1) - np.repeat(np.cumsum(counts) - counts, counts)
        later = earlier + lags
        cells = (titles[earlier] - begin) * size + titles[later]
        yield Pairs(slice(begin, end), later, lags, cells, histories.weights[earlier], size)
        begin = end

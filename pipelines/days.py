"""Which events share a folder: a day's, or those of a whole month that has few."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FEW = 20_000
"""A month with fewer events is one folder: thousands of tiny files cost more than they are worth."""

Days = NDArray[np.datetime64]
"""Calendar days in UTC (``datetime64[D]``)."""


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive days that share a folder.

    Attributes
    ----------
    first, after : datetime64[D]
        The first day, and the day after the last.
    rows : int
        Events in it.
    """

    first: np.datetime64
    after: np.datetime64
    rows: int

    @property
    def folder(self) -> str:
        """The name of the folder: that of its first day."""
        return f"day={self.first}"


def spans(days: Days, counts: NDArray[np.int64]) -> list[Span]:
    """Part days into folders.

    Parameters
    ----------
    days : datetime64[D] (n_days,)
        Distinct, ascending.
    counts : int64 (n_days,)
        Events of each.

    Examples
    --------
    >>> days = np.array(["2026-05-03", "2026-05-09", "2026-06-01"], "datetime64[D]")
    >>> [span.folder for span in spans(days, np.array([5, 7, 90_000]))]
    ['day=2026-05-01', 'day=2026-06-01']
    """
    months = days.astype("datetime64[M]")
    _, place, inverse = np.unique(months, return_index=True, return_inverse=True)
    totals = np.bincount(inverse, counts, minlength=len(place)).astype(np.int64)
    sparse = totals < FEW
    found = [
        Span(
            months[at].astype("datetime64[D]"), (months[at] + 1).astype("datetime64[D]"), int(total)
        )
        for at, total in zip(place[sparse], totals[sparse], strict=True)
    ]
    busy = ~sparse[inverse]
    found += [
        Span(day, day + 1, int(rows)) for day, rows in zip(days[busy], counts[busy], strict=True)
    ]
    return sorted(found, key=lambda span: span.first)


def batches(parts: list[Span], rows: int) -> list[list[Span]]:
    """Gather consecutive spans into batches of at most about ``rows`` events, a span at least.

    Examples
    --------
    >>> days = np.array(["2026-05-03", "2026-06-01", "2026-07-01"], "datetime64[D]")
    >>> [len(batch) for batch in batches(spans(days, np.array([5, 7, 90_000])), rows=100)]
    [2, 1]
    """
    ends = np.cumsum([span.rows for span in parts])
    numbers = (ends - 1) // rows
    cuts = np.flatnonzero(np.diff(numbers)) + 1
    return [parts[start:end] for start, end in pairwise([0, *cuts.tolist(), len(parts)])]

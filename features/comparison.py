"""How a title compares with what a viewer watched last: newer or older, longer or shorter, more or less popular."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Histories

STRETCHES: Final = {"usual": 20, "latest": 3, "last": 1}
"""Entries at the end of a history with whose mean a candidate is compared."""

SPREAD_OVER: Final = 10
"""Entries whose spread says how much to make of that."""


def names(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return what ``compared`` returns, in order."""
    less = (f"{column}_less_{stretch}" for stretch in STRETCHES for column in columns)
    return (*less, *(f"{column}_spread" for column in columns))


def compared(
    histories: Histories,
    viewers: NDArray[np.int64],
    own: NDArray[np.float32],
    watched: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return each candidate's values less the means of its viewer, and the viewer's standard deviations.

    Parameters
    ----------
    histories : Histories
        Of known titles.
    viewers : int64 (n_pairs,)
        Rows of ``histories``.
    own : float32 (n_pairs, n_columns)
        Of the candidate of each pair; NaN where unknown.
    watched : float32 (n_entries, n_columns)
        Of the title of each entry of ``histories``.

    Returns
    -------
    float32 (n_pairs, n_columns * (len(STRETCHES) + 1))
        NaN where nothing is known.
    """
    ago = histories.steps_ago
    less = [own - _mean(histories, watched, ago < n)[viewers] for n in STRETCHES.values()]
    spread = _spread(histories, watched, ago < SPREAD_OVER)[viewers]
    return np.column_stack([*less, spread]).astype(np.float32)


def _spread(
    histories: Histories, values: NDArray[np.float32], entries: NDArray[np.bool_]
) -> NDArray[np.float32]:
    away = values - _mean(histories, values, entries)[histories.viewers]
    return np.sqrt(_mean(histories, away**2, entries))


def _mean(
    histories: Histories, values: NDArray[np.float32], entries: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the mean over some entries of each history, leaving out NaN; NaN if all is."""
    rows, values = histories.viewers[entries], values[entries]
    known = ~np.isnan(values)
    sums, counts = (
        np.stack([np.bincount(rows, v, minlength=len(histories)) for v in matrix.T], axis=1)
        for matrix in (np.where(known, values, 0), known)
    )
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)

"""Which recommended titles were relevant: what every ranking metric is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories

Values = NDArray[np.float64]
"""One value a viewer, NaN where there is none to give."""


def hits(recommended: InternalIds, relevant: Histories, k: int) -> NDArray[np.bool_]:
    """Mark the relevant ones among the first ``k`` recommended titles.

    Parameters
    ----------
    recommended : int32 (n_viewers, n)
        Distinct titles, best first; padded with -1.
    relevant : Histories
        One a viewer.
    k : int
        At least 1.

    Returns
    -------
    bool (n_viewers, k)

    Raises
    ------
    InputError
        If the numbers of viewers differ, ``k`` is less than 1 or a title is recommended twice.

    Examples
    --------
    >>> hits(np.array([[4, 0, -1]]), Histories.of([[0, 2]], n_titles=5), k=3).tolist()
    [[False, True, False]]
    """
    first = np.asarray(recommended, np.int64)[:, :k]
    _check(first, relevant, k)
    wanted = relevant.known()
    keys = np.unique(wanted.viewers * relevant.n_titles + wanted.titles)
    asked = np.arange(len(first))[:, None] * relevant.n_titles + first
    found = np.zeros((len(first), k), np.bool_)
    if len(keys):
        place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        found[:, : first.shape[1]] = (keys[place] == asked) & (first != UNKNOWN)
    return found


def relevant_counts(relevant: Histories) -> Values:
    """Count each viewer's relevant titles; NaN for none, so that a ratio to it is no value."""
    wanted = relevant.known()
    keys = np.unique(wanted.viewers * relevant.n_titles + wanted.titles)
    counts = np.bincount(keys // relevant.n_titles, minlength=len(relevant)).astype(np.float64)
    counts[counts == 0] = np.nan
    return counts


def _check(first: NDArray[np.int64], relevant: Histories, k: int) -> None:
    if k < 1:
        raise InputError(expected="k of at least 1", got=k, where="metrics")
    if len(first) != len(relevant):
        raise InputError(
            expected=f"recommendations for {len(relevant)} viewers", got=len(first), where="metrics"
        )
    ordered = np.sort(first, axis=1)
    again = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != UNKNOWN)
    if again.any():
        viewer, place = np.argwhere(again)[0]
        raise InputError(
            expected="each title once in a list",
            got=f"title {ordered[viewer, place]} twice",
            where=f"metrics, recommendations of viewer {viewer}",
        )

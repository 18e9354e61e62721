"""The best few of many scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import UNKNOWN, InternalIds

FloatMatrix = NDArray[np.float32]

DEPTH = 32
"""Scores of which one alone, the best, is looked at to find out how good is good enough."""

WIDE = 8192
"""Rows at least so long are looked through one by one; short ones are partitioned all at once."""


def top_k(scores: FloatMatrix, k: int) -> tuple[InternalIds, FloatMatrix]:
    """Return the ``k`` best titles of each row, best first; equal scores by lower id.

    Parameters
    ----------
    scores : float32 (n_rows, n_titles)
        ``-inf`` marks what must not be returned.
    k : int
        At least 1.

    Returns
    -------
    ids : int32 (n_rows, k)
        -1 where a row has fewer than ``k`` titles to return.
    scores : float32 (n_rows, k)
        ``-inf`` where ``ids`` is -1.

    Raises
    ------
    InputError
        If a score is not a number, or ``k`` is less than 1.

    Examples
    --------
    >>> ids, best = top_k(np.array([[0.1, 0.9, 0.9]], np.float32), 2)
    >>> ids.tolist()
    [[1, 2]]
    """
    check_count(k, "top_k")
    if np.isnan(scores.max(initial=-np.inf)):
        raise InputError(expected="scores that are numbers", got="NaN", where="top_k")
    n_rows, n_titles = scores.shape
    reach = min(k, n_titles)
    ids = np.full((n_rows, k), UNKNOWN, np.int32)
    best = np.full((n_rows, k), -np.inf, np.float32)
    if reach:
        ids[:, :reach], best[:, :reach] = _best(scores, reach)
    ids[np.isneginf(best)] = UNKNOWN
    return ids, best


def check_count(n: int, where: str) -> None:
    """Raise InputError unless at least one title is asked for."""
    if n < 1:
        raise InputError(expected="n of at least 1", got=n, where=where)


def checked_mask(
    allowed: NDArray[np.bool_] | None, shape: tuple[int, int], where: str
) -> NDArray[np.bool_] | None:
    """Return a mask of titles, bool (n_titles,) or ``shape``, or raise InputError."""
    if allowed is None:
        return None
    mask = np.asarray(allowed)
    if mask.dtype != np.bool_ or mask.shape not in {shape, shape[1:]}:
        raise InputError(
            expected=f"bool {shape[1:]} or {shape}", got=f"{mask.dtype} {mask.shape}", where=where
        )
    return mask


def _best(scores: FloatMatrix, reach: int) -> tuple[InternalIds, FloatMatrix]:
    n_rows, n_titles = scores.shape
    if n_titles >= WIDE and reach < n_titles // DEPTH:
        pairs = [_best_of_many(row, reach) for row in scores]
        return np.stack([ids for ids, _ in pairs]), np.stack([values for _, values in pairs])
    # Smallest of the negated, not largest: far quicker where most scores are the same low value.
    negated = -scores
    negated.partition(reach - 1, axis=1)
    threshold = -negated[:, reach - 1 : reach]
    chosen = scores >= threshold
    crowded = np.flatnonzero(np.count_nonzero(chosen, axis=1) > reach)
    if len(crowded):
        chosen[crowded] = _without_late_ties(scores[crowded], threshold[crowded], reach)
    places = np.flatnonzero(chosen).reshape(n_rows, reach)
    values = scores.ravel()[places]
    ids = (places - n_titles * np.arange(n_rows)[:, None]).astype(np.int32)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(values, order, axis=1)


def _best_of_many(scores: NDArray[np.float32], reach: int) -> tuple[InternalIds, FloatMatrix]:
    """Return the best of one long row.

    Of groups of ``DEPTH`` scores the best are looked at first: at least ``reach`` scores are as good as the
    ``reach``-th of these, so that what is worse need not be looked at again.
    """
    groups = len(scores) // DEPTH
    bests = scores[: groups * DEPTH].reshape(DEPTH, groups).max(axis=0)
    bound = np.partition(bests, groups - reach)[groups - reach]
    ids = np.flatnonzero(scores > bound)
    if len(ids) < reach:
        ids = np.concatenate([ids, np.flatnonzero(scores == bound)[: reach - len(ids)]])
    values = scores[ids]
    order = np.argsort(-values, kind="stable")[:reach]
    return ids[order].astype(np.int32), values[order]


def _without_late_ties(
    scores: FloatMatrix, threshold: FloatMatrix, reach: int
) -> NDArray[np.bool_]:
    """Mark what is above the threshold, and ties with it by lower id until ``reach`` are marked."""
    above = scores > threshold
    ties = scores == threshold
    room = reach - np.count_nonzero(above, axis=1, keepdims=True)
    marked: NDArray[np.bool_] = above | (ties & (np.cumsum(ties, axis=1, dtype=np.int32) <= room))
    return marked

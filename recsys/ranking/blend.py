"""The simple way to order candidates: a convex blend of the parts' scores, learned from what was watched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from recsys.topk import FloatMatrix

PENALTY = 1e-3
"""Draws weights towards nought where the lists say nothing of them."""


def even(n_parts: int) -> NDArray[np.float32]:
    """Return the blend that believes all parts alike, float32 (n_parts,)."""
    return np.full(n_parts, 1 / max(n_parts, 1), np.float32)


def learned(
    viewers: NDArray[np.int64], standard: FloatMatrix, labels: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return the weights with which a softmax over each viewer's candidates tells best what was watched.

    Parameters
    ----------
    viewers : int64 (n_pairs,)
        In order; who watched nothing of theirs teaches nothing.
    standard : float32 (n_pairs, n_parts)
        Standard scores of each viewer's candidates.
    labels : int32 (n_pairs,)
        1 where the viewer watched the title.

    Returns
    -------
    float32 (n_parts,)
        At least 0, with sum 1; even if nobody watched anything.
    """
    found = np.bincount(viewers, labels)
    kept = found[viewers] > 0 if len(found) else np.empty(0, bool)
    if not kept.any():
        return even(standard.shape[1])
    z, wanted = standard[kept].astype(np.float64), labels[kept]
    starts = np.flatnonzero(np.diff(viewers[kept], prepend=-1))
    counts = np.diff(starts, append=len(z))
    heights = np.repeat(np.add.reduceat(wanted, starts), counts)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = z @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, starts), counts)
        shares = np.exp(scores)
        totals = np.add.reduceat(shares, starts)
        lost = heights[starts] @ np.log(totals) - wanted @ scores
        slope = z.T @ (heights * shares / np.repeat(totals, counts) - wanted)
        lists = len(starts)
        return lost / lists + PENALTY * weights @ weights, slope / lists + 2 * PENALTY * weights

    start = even(z.shape[1]).astype(np.float64)
    found_weights = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start)
    ).x
    total = found_weights.sum()
    return (found_weights / total).astype(np.float32) if total > 0 else even(len(start))

"""More of this and less of that: scores multiplied title by title, for one who said so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.topk import FloatMatrix

SOFTENING = 0.5
"""What the title most like one that was turned down loses of its height; one less alike loses less."""


def leaned(scores: FloatMatrix, factors: NDArray[np.float32] | None) -> FloatMatrix:
    """Return scores of which each title's height above the row's lowest, or above 0, is multiplied.

    So a factor below 1 lowers a title whatever the scale of a model, of which scores may be negative.

    Parameters
    ----------
    scores : float32 (n_rows, n_titles)
        ``-inf`` where a title may not come, which stays so.
    factors : float32 (n_titles,), optional
        Above 0; without any the scores are as they were.

    Examples
    --------
    >>> leaned(np.array([[-1.0, 3.0, -np.inf]], np.float32), np.array([1, 0.5, 2], np.float32))
    array([[ -1.,   1., -inf]], dtype=float32)
    """
    if factors is None:
        return scores
    lowest = np.where(np.isneginf(scores), np.inf, scores).min(axis=1, keepdims=True, initial=0.0)
    return (lowest + (scores - lowest) * factors).astype(np.float32)


def softened(ids: InternalIds, scores: FloatMatrix, n_titles: int) -> NDArray[np.float32]:
    """Return the factors by which titles fall that are like some that were turned down.

    Parameters
    ----------
    ids : int32 (n_turned_down, n)
        The titles most like each, best first; -1 is none.
    scores : float32 (n_turned_down, n)
        How alike they are.
    n_titles : int

    Returns
    -------
    float32 (n_titles,)
        From ``1 - SOFTENING`` for the most alike of one to 1; of several that tell, the least.
    """
    factors = np.ones(n_titles, np.float32)
    alike = ids >= 0
    height = np.where(alike, scores, 0)
    share = height / np.maximum(height.max(axis=1, initial=0, keepdims=True), 1e-12)
    np.minimum.at(factors, ids[alike], (1 - SOFTENING * share[alike]).astype(np.float32))
    return factors

"""Variety within a row: no title too much like those before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def varied(
    appeal: NDArray[np.float32],
    traits: NDArray[np.float32],
    wanted: NDArray[np.bool_],
    weight: float,
    n: int,
) -> NDArray[np.int64]:
    r"""Return the places of lists in a varied order, int64 (n_lists, length).

    Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), for all lists at once: the next title
    has the largest

    .. math:: (1 - \lambda) \frac{appeal_t}{\max appeal} - \lambda \max_{u \text{ chosen}} \cos(t, u)

    Parameters
    ----------
    appeal : float32 (n_lists, length)
        At least 0.
    traits : float32 (n_lists, length, n_traits)
        What titles are compared by.
    wanted : bool (n_lists,)
        Lists that are to be varied; the others keep their order.
    weight : float
        :math:`\lambda`, in [0, 1].
    n : int
        How many places are chosen one by one; the others follow in their order.
    """
    n_lists, length = appeal.shape
    order = np.tile(np.arange(length), (n_lists, 1))
    (rows,) = np.nonzero(wanted)
    if not weight or not len(rows) or not length:
        return order
    norms = np.maximum(np.linalg.norm(traits[rows], axis=2, keepdims=True), 1e-9)
    chosen = _chosen(appeal[rows], traits[rows] / norms, weight, min(n, length))
    rest = np.ones((len(rows), length), bool)
    np.put_along_axis(rest, chosen, values=False, axis=1)
    left = order[rows][rest].reshape(len(rows), -1)
    order[rows] = np.concatenate([chosen, left], axis=1)
    return order


def _chosen(
    appeal: NDArray[np.float32], directions: NDArray[np.float32], weight: float, n: int
) -> NDArray[np.int64]:
    lists = np.arange(len(appeal))
    # A copy, which is written to: what was chosen is out of the question.
    value = (1 - weight) * appeal / np.maximum(appeal.max(axis=1, keepdims=True), 1e-9)
    alike = directions @ directions.transpose(0, 2, 1)
    likeness = np.zeros_like(value)
    chosen = np.empty((len(appeal), n), np.int64)
    for place in range(n):
        best = (value - weight * likeness).argmax(axis=1)
        chosen[:, place] = best
        value[lists, best] = -np.inf
        np.maximum(likeness, alike[lists, best], out=likeness)
    return chosen

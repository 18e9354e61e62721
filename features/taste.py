"""How a title fits a viewer: shared genres, people and keywords, and likeness to what was watched last."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from features.attributes import KINDS
from recsys.interactions import Histories

FADES: Final = {"lasting": 0.98, "recent": 0.6}
"""What each step back in the history counts, for the taste of a lifetime and of tonight."""

LAST: Final = 200
"""Entries of a history that make its taste; those before weigh nothing at either fade."""

FITS: Final = (*(f"{kind}_{taste}" for taste in FADES for kind in KINDS), "taste_entropy")


def fits(
    histories: Histories,
    viewers: NDArray[np.int64],
    candidates: NDArray[np.int32],
    matrix: sparse.csr_matrix,
    kinds: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return how well each candidate fits its viewer's tastes.

    A taste is the mean of the watched titles' attributes, weighted by engagement and faded by
    ``FADES``; a fit is its inner product with the candidate's attributes, by kind, in [0, 1]. The
    entropy of the lasting taste over genres (in nats) says how much a fit means.

    Parameters
    ----------
    histories : Histories
        Of known titles.
    viewers : int64 (n_pairs,)
        Rows of ``histories``.
    candidates : int32 (n_pairs,)
    matrix, kinds
        Of ``attributes``.

    Returns
    -------
    float32 (n_pairs, len(FITS))
    """
    recent = histories.last(LAST)
    columns = []
    for fade in FADES.values():
        taste = _taste(recent, fade, matrix)
        columns.append(_products(taste, viewers, candidates, matrix, kinds))
        if len(columns) == 1:
            entropy = _entropy(taste[:, kinds == KINDS.index("genres")])[viewers]
    return np.column_stack([*columns, entropy]).astype(np.float32)


def _taste(histories: Histories, fade: float, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
    weights = histories.faded(fade).to_csr()
    total = np.maximum(np.asarray(weights.sum(axis=1)), 1e-12)
    return np.asarray((weights @ matrix).todense() / total, np.float32)


def _products(
    taste: NDArray[np.float32],
    viewers: NDArray[np.int64],
    candidates: NDArray[np.int32],
    matrix: sparse.csr_matrix,
    kinds: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Sum over the candidates' own few attributes, so that the cost does not grow with all."""
    starts, ends = matrix.indptr[candidates], matrix.indptr[candidates + 1]
    lengths = (ends - starts).astype(np.int64)
    pairs = np.repeat(np.arange(len(candidates)), lengths)
    before = np.cumsum(lengths) - lengths
    entries = np.arange(len(pairs)) + np.repeat(starts - before, lengths)
    columns = matrix.indices[entries]
    values = matrix.data[entries] * taste[viewers[pairs], columns]
    cells = pairs * len(KINDS) + kinds[columns]
    sums = np.bincount(cells, values, minlength=len(candidates) * len(KINDS))
    return sums.astype(np.float64).reshape(-1, len(KINDS))


def _entropy(taste: NDArray[np.float32]) -> NDArray[np.float32]:
    shares = taste / np.maximum(taste.sum(axis=1, keepdims=True), 1e-12)
    return -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)

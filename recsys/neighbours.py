"""The titles nearest to each title by common viewers, in blocks whatever the catalog's size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BLOCK_ENTRIES = 8_000_000
"""Likenesses computed at once, which bounds the memory."""

BINS = 256
"""Sizes told apart before the few promising likenesses are sorted."""

Likeness = Callable[
    [NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]], NDArray[np.float32]
]
"""From the titles of pairs and the products of their vectors to how alike they are."""


def nearest(
    vectors: sparse.csr_matrix, others: sparse.csr_matrix, likeness: Likeness, count: int
) -> sparse.csr_matrix:
    """Return each title's ``count`` largest likenesses above 0, itself left out.

    Parameters
    ----------
    vectors, others : float32 (n_titles, n_viewers)
        What the products ``vectors @ others.T`` are made of.
    likeness : callable
        Given ids of rows and columns and their products.
    count : int
        At least 1.

    Returns
    -------
    float32 (n_titles, n_titles)
        Equal likenesses go to the lower title.
    """
    across = others.T.tocsr()
    blocks = []
    for start, stop in _blocks(vectors, across):
        products = (vectors[start:stop] @ across).tocoo()
        rows, columns = products.row, products.col
        data = likeness(rows + np.int64(start), columns, products.data)
        # A title is not its own neighbour, and a likeness of 0 is none.
        data[columns == rows + start] = 0.0
        best = _best(rows, columns, data, count)
        entries = (data[best], (rows[best], columns[best]))
        blocks.append(sparse.csr_matrix(entries, shape=products.shape, dtype=np.float32))
    return sparse.vstack(blocks, format="csr", dtype=np.float32)


def kept(watched: sparse.csr_matrix, count: int) -> int:
    """Return how many likenesses ``nearest`` keeps at most.

    Parameters
    ----------
    watched : (n_viewers, n_titles)
    count : int
        For each title.
    """
    others = np.maximum(np.diff(watched.indptr) - 1, 0)
    reached = watched.T.astype(bool).astype(np.int64) @ others
    return int(np.minimum(reached, min(count, watched.shape[1] - 1)).sum())


def _blocks(vectors: sparse.csr_matrix, across: sparse.csr_matrix) -> list[tuple[int, int]]:
    """Cut the titles into runs whose likenesses fit ``BLOCK_ENTRIES``."""
    n_titles = vectors.shape[0]
    reached = vectors.astype(bool).astype(np.int64) @ np.diff(across.indptr)
    entries = np.cumsum(np.minimum(reached, n_titles))
    # A run may overshoot by its last title, that is by the catalog's size at most.
    _, starts = np.unique(entries // BLOCK_ENTRIES, return_index=True)
    return list(zip(starts.tolist(), [*starts[1:].tolist(), n_titles], strict=True))


def _best(
    rows: NDArray[np.int32], columns: NDArray[np.int32], data: NDArray[np.float32], count: int
) -> NDArray[np.int64]:
    """Return where each row's ``count`` largest positive entries are; ties by lower column."""
    promising = _promising(rows, data, count)
    keys = (columns[promising], -data[promising], rows[promising])
    order = promising[np.lexsort(keys)]
    place = np.arange(len(order)) - np.searchsorted(rows[order], rows[order], side="left")
    return order[place < count]


def _promising(rows: NDArray[np.int32], data: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return where at least each row's ``count`` largest positive entries are, and few others.

    Counting sizes into ``BINS`` is many times cheaper than sorting all entries.
    """
    n_rows = int(rows.max(initial=-1)) + 1
    # The fourth root spreads the many small likenesses over the bins.
    sizes = np.sqrt(np.sqrt(data / max(data.max(initial=0), 1e-30)))
    bins = (sizes * (BINS - 1)).astype(np.int64)
    counts = np.bincount(rows * np.int64(BINS) + bins, weights=data > 0, minlength=n_rows * BINS)
    at_least = counts.reshape(n_rows, BINS)[:, ::-1].cumsum(axis=1)[:, ::-1]
    lowest = np.maximum((at_least >= count).sum(axis=1) - 1, 0)
    return np.flatnonzero((bins >= lowest[rows]) & (data > 0))

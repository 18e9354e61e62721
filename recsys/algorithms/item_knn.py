"""Item-kNN: each title says something for the few titles most like it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse

from recsys.algorithm import Algorithm, Config
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix

BLOCK_ENTRIES = 8_000_000
"""Likenesses computed at once, which bounds the memory whatever the catalog's size."""

BINS = 256
"""Sizes told apart before the few promising likenesses are sorted."""


class ItemKNNConfig(Config):
    """Hyperparameters of item-kNN.

    Attributes
    ----------
    weighting : "cosine", "tfidf" or "bm25"
        What a viewer's watch counts in a title's vector.
    neighbours : int
        Titles kept for each title.
    shrinkage : float
        Added to the product of norms (cosine and tfidf), so that few common viewers say less.
    k1 : float
        BM25's saturation of a weight.
    b : float
        BM25's normalisation by the number of a title's viewers, from none (0) to full (1).
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    """

    weighting: Literal["cosine", "tfidf", "bm25"] = "cosine"
    neighbours: int = Field(default=100, ge=1, le=10_000)
    shrinkage: float = Field(default=10.0, ge=0)
    k1: float = Field(default=1.2, gt=0)
    b: float = Field(default=0.75, ge=0, le=1)
    fade: float = Field(default=0.9, gt=0, le=1)


class ItemKNN(Algorithm):
    r"""Nearest neighbours among titles.

    For the weighted vectors :math:`w_i` of titles over viewers, with :math:`s` the shrinkage,

    .. math:: \mathrm{cosine, tfidf:}\; \frac{w_i \cdot w_j}{|w_i| |w_j| + s} \qquad
              \mathrm{bm25:}\; w_i \cdot w_j

    of which each title keeps its largest; a history scores the sum over its titles. TF-IDF and
    BM25 take a title for a document and a viewer for a term, so that one who watches everything
    counts little.

    References
    ----------
    Deshpande and Karypis, "Item-based top-N recommendation algorithms", TOIS 2004.
    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    """

    name = "item-knn"
    config_type = ItemKNNConfig
    config: ItemKNNConfig

    likeness_: sparse.csr_matrix
    """float32 (n_titles, n_titles): a row holds a title's neighbours."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        viewers_of = self._weighted(interactions.histories.to_csr().T.tocsr())
        norms = np.sqrt(np.asarray(viewers_of.multiply(viewers_of).sum(axis=1)).ravel())
        watched = viewers_of.T.tocsr()
        blocks = [
            self._neighbours(viewers_of, watched, norms, start, stop)
            for start, stop in _blocks(viewers_of, watched)
        ]
        self.likeness_ = sparse.vstack(blocks, format="csr", dtype=np.float32)

    def _weighted(self, viewers_of: sparse.csr_matrix) -> sparse.csr_matrix:
        if self.config.weighting == "cosine":
            return viewers_of
        n_titles, n_viewers = viewers_of.shape
        lengths = np.bincount(viewers_of.indices, minlength=n_viewers)
        rarity = np.log1p(n_titles / np.maximum(lengths, 1)).astype(np.float32)
        if self.config.weighting == "tfidf":
            strength = np.sqrt(viewers_of.data)
        else:
            strength = self._saturated(viewers_of)
        data = strength * rarity[viewers_of.indices]
        return sparse.csr_matrix((data, viewers_of.indices, viewers_of.indptr), viewers_of.shape)

    def _saturated(self, viewers_of: sparse.csr_matrix) -> NDArray[np.float32]:
        k1, b = self.config.k1, self.config.b
        sizes = np.asarray(viewers_of.sum(axis=1)).ravel()
        norm = 1 - b + b * sizes / max(sizes.mean(), 1e-12)
        norm = np.repeat(norm, np.diff(viewers_of.indptr))
        strength: NDArray[np.float32] = viewers_of.data * (k1 + 1) / (k1 * norm + viewers_of.data)
        return strength.astype(np.float32)

    def _neighbours(
        self,
        viewers_of: sparse.csr_matrix,
        watched: sparse.csr_matrix,
        norms: NDArray[np.float32],
        start: int,
        stop: int,
    ) -> sparse.csr_matrix:
        products = (viewers_of[start:stop] @ watched).tocoo()
        rows, columns, data = products.row, products.col, products.data
        if self.config.weighting != "bm25":
            data = data / (norms[rows + start] * norms[columns] + self.config.shrinkage)
        # A title is not its own neighbour, and a likeness of 0 is none.
        data[columns == rows + start] = 0.0
        best = _best(rows, columns, data, self.config.neighbours)
        entries = (data[best], (rows[best], columns[best]))
        return sparse.csr_matrix(entries, shape=products.shape, dtype=np.float32)

    def _score(self, histories: Histories) -> FloatMatrix:
        return (histories.faded(self.config.fade).to_csr() @ self.likeness_).toarray()


def _blocks(viewers_of: sparse.csr_matrix, watched: sparse.csr_matrix) -> list[tuple[int, int]]:
    """Cut the titles into runs whose likenesses fit ``BLOCK_ENTRIES``."""
    n_titles = viewers_of.shape[0]
    reached = viewers_of.astype(bool).astype(np.int64) @ np.diff(watched.indptr)
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

"""Item-kNN: each title says something for the few titles most like it."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse

from recsys.additive import Additive, cells
from recsys.algorithm import Config
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import FEWER_NEIGHBOURS, check_memory
from recsys.neighbours import kept, nearest
from recsys.titles import Titles
from recsys.topk import FloatMatrix


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
    asking, answering : float
        Exponents of the squared norms of the watched title and of the one that is scored (cosine and
        tfidf): a half each is the cosine; less for what is scored favours what many watch.
    damping : float
        A viewer of ``n`` titles counts ``n ** -damping`` in a product (cosine).
    k1 : float
        BM25's saturation of a weight.
    b : float
        BM25's normalisation by the number of a title's viewers, from none (0) to full (1).
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    memory_gb : float
        What a fit may take for the neighbours; 8 GB hold 2.5 million titles of 100 of them.
    """

    weighting: Literal["cosine", "tfidf", "bm25"] = "cosine"
    neighbours: int = Field(default=100, ge=1, le=10_000)
    shrinkage: float = Field(default=10.0, ge=0)
    asking: float = Field(default=0.5, ge=0, le=1)
    answering: float = Field(default=0.5, ge=0, le=1)
    damping: float = Field(default=0.0, ge=0, le=2)
    k1: float = Field(default=1.2, gt=0)
    b: float = Field(default=0.75, ge=0, le=1)
    fade: float = Field(default=0.9, gt=0, le=1)
    memory_gb: float = Field(default=8.0, gt=0)


class ItemKNN(Additive):
    r"""Nearest neighbours among titles.

    For the weighted vectors :math:`w_i` of titles over viewers, with :math:`s` the shrinkage,

    .. math:: \mathrm{cosine, tfidf:}\; \frac{w_i \cdot w_j}{|w_i|^{2a} |w_j|^{2b} + s} \qquad
              \mathrm{bm25:}\; w_i \cdot w_j

    of which each title ``i`` keeps its largest; a history scores the sum over its titles. TF-IDF and
    BM25 take a title for a document and a viewer for a term, so that one who watches everything
    counts little.

    References
    ----------
    Deshpande and Karypis, "Item-based top-N recommendation algorithms", TOIS 2004.
    Aiolli, "Efficient Top-N Recommendation for Very Large Scale Binary Rated Datasets", RecSys 2013.
    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    """

    name = "item-knn"
    config_type = ItemKNNConfig
    config: ItemKNNConfig

    likeness_: sparse.csr_matrix
    """float32 (n_titles, n_titles): a row holds a title's neighbours."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        watched = interactions.histories.to_csr()
        most = kept(watched, self.config.neighbours)
        check_memory(
            # A likeness and its column, in blocks and then together, and with them the answer's.
            32 * most,
            self.config.memory_gb,
            f"{most:,} neighbours of {len(titles):,} titles",
            where=self.name,
            instead=FEWER_NEIGHBOURS,
        )
        lengths = np.maximum(np.diff(watched.indptr), 1).astype(np.float32)
        damped = sparse.diags_array(lengths ** -np.float32(self.config.damping)) @ watched
        vectors = self._weighted(watched.T.tocsr())
        others = vectors if self.config.weighting != "cosine" else sparse.csr_matrix(damped.T)
        sizes = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
        self.likeness_ = nearest(
            vectors, others, partial(self._likeness, sizes), self.config.neighbours
        )

    def _likeness(
        self,
        sizes: NDArray[np.float32],
        rows: NDArray[np.int64],
        columns: NDArray[np.int32],
        products: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        if self.config.weighting == "bm25":
            return products
        asking = sizes ** np.float32(self.config.asking)
        answering = sizes ** np.float32(self.config.answering)
        scale = asking[rows] * answering[columns] + np.float32(self.config.shrinkage)
        likeness: NDArray[np.float32] = products / scale
        return likeness

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

    def _score(self, histories: Histories) -> FloatMatrix:
        return (histories.faded(self.config.fade).to_csr() @ self.likeness_).toarray()

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        said = cells(self.likeness_, histories.titles, titles[histories.viewers])
        return histories.faded(self.config.fade).weights * said

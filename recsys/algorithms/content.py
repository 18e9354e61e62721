"""Content: what a title is about, by its words, people, genres and keywords."""

from __future__ import annotations

from typing import Final

import numpy as np
from pydantic import Field
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from recsys.additive import Additive, products
from recsys.algorithm import Config
from recsys.descriptions import block
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix
from recsys.vectors import VectorAlgorithm

BLOCKS: Final = ("text", "people", "genres", "keywords", "decade")


class ContentConfig(Config):
    """Hyperparameters of the content model.

    Attributes
    ----------
    factors : int
        Length of a title's vector; fewer where the catalog says less.
    text, people, genres, keywords, decade : float
        Weight of each block of a title's description.
    fade : float
        A history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    least_titles : int
        A word, person or keyword of fewer titles than this is left out.
    seed : int
        Of the randomised decomposition.
    memory_gb : float
        What a fit may take for vectors; 8 GB hold those of 1.5 million titles.
    """

    factors: int = Field(default=128, ge=1, le=1024)
    text: float = Field(default=1.0, ge=0)
    people: float = Field(default=0.7, ge=0)
    genres: float = Field(default=0.7, ge=0)
    keywords: float = Field(default=1.0, ge=0)
    decade: float = Field(default=0.3, ge=0)
    fade: float = Field(default=0.9, gt=0, le=1)
    least_titles: int = Field(default=2, ge=1)
    seed: int = Field(default=0, ge=0)
    memory_gb: float = Field(default=8.0, gt=0)


class Content(VectorAlgorithm, Additive):
    r"""Latent semantic analysis of a title's description.

    Each block (words of name and description; cast and crew; genres; keywords; decade) is a
    TF-IDF row of length 1, times the block's weight; the blocks side by side are reduced by a
    truncated SVD, :math:`A \approx U S V^T`, and a title is its row of :math:`U S` at length 1.
    A history is the recency-weighted mean of its titles. A title of which nothing is known is the
    zero vector; one that nobody watched is as good as any.

    References
    ----------
    Deerwester et al., "Indexing by latent semantic analysis", JASIS 1990.
    Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011.
    """

    name = "content"
    config_type = ContentConfig
    config: ContentConfig

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        check_memory(
            # The decomposition holds a few copies.
            40 * len(titles) * self.config.factors,
            self.config.memory_gb,
            f"{len(titles):,} titles",
            where=self.name,
            instead="lower factors, or use popularity, which counts each title once",
        )
        matrices = [
            getattr(self.config, name) * block(titles.table, name, self.config.least_titles)
            for name in BLOCKS
        ]
        self.title_vectors_ = self._reduced(sparse.hstack(matrices, format="csr"))

    def _reduced(self, matrix: sparse.csr_matrix) -> FloatMatrix:
        factors = min(self.config.factors, *matrix.shape)
        if not matrix.nnz:
            return np.zeros((matrix.shape[0], 1), np.float32)
        left, strengths, _ = randomized_svd(
            matrix, factors, n_iter=4, random_state=self.config.seed
        )
        vectors = left * strengths
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: FloatMatrix = np.where(norms > 1e-6, vectors / np.maximum(norms, 1e-6), 0)
        return unit.astype(np.float32)

    def embed(self, histories: Histories) -> FloatMatrix:
        """Return the weighted mean of each history's titles, float32 (n_histories, factors)."""
        weights = histories.faded(self.config.fade).to_csr()
        totals = np.maximum(np.asarray(weights.sum(axis=1)), 1e-12)
        return ((weights @ self.title_vectors_) / totals).astype(np.float32)

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        vectors, faded = self.title_vectors_, histories.faded(self.config.fade)
        said = products(vectors, faded.titles, vectors, titles[faded.viewers])
        shares = faded.weights / np.maximum(faded.totals, 1e-12)[faded.viewers]
        return (said * shares).astype(np.float32)

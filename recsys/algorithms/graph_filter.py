"""Graph filter: the smooth part of a history on the graph of viewers and titles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from recsys.additive import Additive, products
from recsys.algorithm import Config
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import FEWER_FACTORS, check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix
from recsys.vectors import VectorAlgorithm


class GraphFilterConfig(Config):
    """Hyperparameters of the graph filter.

    Attributes
    ----------
    factors : int
        Frequencies that are heard, the lowest of the graph; larger for larger catalogs.
    l2 : float
        How soon they fade: as EASE's penalty, a multiple of how many viewers count for the title of an
        average interaction; 0 lets all that are heard pass.
    damping : float
        A viewer of ``n`` titles counts ``n ** -damping``.
    asking, answering : float
        Exponents of a title's popularity: a watched title counts less the more popular it is, and a
        title that is scored counts more.
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    seed : int
        Of the decomposition.
    memory_gb : float
        What a fit may take for its vectors.
    """

    factors: int = Field(default=256, ge=1, le=4096)
    l2: float = Field(default=0.7, ge=0)
    damping: float = Field(default=0.5, ge=0, le=2)
    asking: float = Field(default=0.25, ge=0, le=1)
    answering: float = Field(default=0.2, ge=0, le=1)
    fade: float = Field(default=0.95, gt=0, le=1)
    seed: int = Field(default=0, ge=0)
    memory_gb: float = Field(default=8.0, gt=0)


class GraphFilter(VectorAlgorithm, Additive):
    r"""Low-pass filter of the normalised graph.

    With :math:`U S V^T` the first singular values and vectors of :math:`D_V^{-d/2} X D_T^{-a}`, of which the
    largest are the lowest frequencies of the graph between titles, a history scores

    .. math:: x D_T^{-a} V \frac{S^2}{S^2 + \lambda m^{1-2a}} V^T D_T^{b}

    where :math:`m = \sum n^2 / \sum n` over the titles' viewers, damped. Without the penalty it is the ideal
    filter, with it a ridge regression of all titles on all in as many dimensions.

    References
    ----------
    Shen et al., "How Powerful is Graph Convolution for Recommendation?", CIKM 2021 (GF-CF).
    """

    name = "graph-filter"
    config_type = GraphFilterConfig
    config: GraphFilterConfig

    asking_vectors_: FloatMatrix
    """float32 (n_titles, factors): of a title in a history."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        watched = interactions.histories.to_csr()
        check_memory(
            # The decomposition holds a few copies of both sides' vectors.
            16 * sum(watched.shape) * self.config.factors,
            self.config.memory_gb,
            "{:,} viewers and {:,} titles".format(*watched.shape),
            where=self.name,
            instead=FEWER_FACTORS,
        )
        watched.data[:] = 1.0
        viewers = np.maximum(np.diff(watched.indptr), 1)
        popularity = np.bincount(watched.indices, minlength=len(titles))
        asking = _power(popularity, -self.config.asking)
        damped = sparse.diags_array(_power(viewers, -self.config.damping / 2)) @ watched
        rank = min(self.config.factors, *watched.shape)
        _, values, right = randomized_svd(
            damped @ sparse.diags_array(asking), rank, n_iter=2, random_state=self.config.seed
        )
        vectors = np.zeros((len(titles), self.config.factors), np.float32)
        vectors[:, :rank] = right.T
        passing = np.zeros(self.config.factors, np.float32)
        passing[:rank] = values**2 / np.maximum(values**2 + self._penalty(damped), 1e-12)
        self.asking_vectors_ = vectors * asking[:, None] * passing
        self.title_vectors_ = vectors * _power(popularity, self.config.answering)[:, None]

    def _penalty(self, damped: sparse.csr_matrix) -> float:
        counts = np.asarray(damped.multiply(damped).sum(axis=0)).ravel()
        typical = float((counts**2).sum() / counts.sum())
        return self.config.l2 * typical ** (1 - 2 * self.config.asking)

    def embed(self, histories: Histories) -> FloatMatrix:
        """Return the histories' low frequencies, float32 (n_histories, factors)."""
        frequencies: FloatMatrix = histories.faded(self.config.fade).to_csr() @ self.asking_vectors_
        return frequencies

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        targets = titles[histories.viewers]
        said = products(self.asking_vectors_, histories.titles, self.title_vectors_, targets)
        return histories.faded(self.config.fade).weights * said


def _power(counts: NDArray[np.int64], exponent: float) -> NDArray[np.float32]:
    """Return powers of counts, 0 for those of nothing."""
    powers = np.maximum(counts, 1).astype(np.float32) ** np.float32(exponent)
    return np.where(counts > 0, powers, 0).astype(np.float32)

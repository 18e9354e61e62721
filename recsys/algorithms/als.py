"""ALS: matrix factorisation for implicit feedback; a history is folded in by least squares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from pydantic import Field
from threadpoolctl import threadpool_limits

from recsys.algorithm import Config, VectorAlgorithm
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix

BLOCK_FLOATS = 16_000_000
"""Padded factors gathered at once, which bounds the memory of a fold-in."""


class ALSConfig(Config):
    """Hyperparameters of ALS.

    Attributes
    ----------
    factors : int
        Length of a title's vector.
    regularization : float
        L2 penalty of each vector.
    alpha : float
        A watch of weight ``w`` is believed ``1 + alpha * w`` times as much as a non-watch.
    iterations : int
        Sweeps over viewers and titles.
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    seed : int
        Of the first vectors.
    """

    factors: int = Field(default=64, ge=1, le=1024)
    regularization: float = Field(default=10.0, gt=0)
    alpha: float = Field(default=10.0, gt=0)
    iterations: int = Field(default=15, ge=1, le=1000)
    fade: float = Field(default=0.95, gt=0, le=1)
    seed: int = Field(default=0, ge=0)


class ALS(VectorAlgorithm):
    r"""Weighted matrix factorisation by alternating least squares.

    A history with confidences :math:`c_t = 1 + \alpha w_t` on its titles ``T`` is folded in as

    .. math:: x = \Bigl(Y^T Y + \sum_{t \in T} (c_t - 1) y_t y_t^T + \lambda I\Bigr)^{-1}
                  \sum_{t \in T} c_t y_t

    and scores :math:`Y x`, where :math:`Y` holds the titles' vectors.

    References
    ----------
    Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008.
    """

    name = "als"
    config_type = ALSConfig
    config: ALSConfig

    gram_: FloatMatrix
    """float32 (factors, factors): the titles' part of every fold-in, with the penalty."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        config = self.config
        confidence = interactions.histories.to_csr()
        confidence.data = 1 + config.alpha * confidence.data
        # implicit runs threads of its own, which would compete with those of BLAS.
        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(
                factors=config.factors,
                regularization=config.regularization,
                alpha=1.0,
                iterations=config.iterations,
                random_state=config.seed,
            )
            model.fit(confidence, show_progress=False)
        self.title_vectors_ = np.array(model.item_factors, np.float32)
        penalty = config.regularization * np.eye(config.factors, dtype=np.float32)
        self.gram_ = self.title_vectors_.T @ self.title_vectors_ + penalty

    def embed(self, histories: Histories) -> FloatMatrix:
        """Fold histories in, float32 (n_histories, factors); an empty one is the zero vector."""
        histories = histories.faded(self.config.fade)
        vectors = np.zeros((len(histories), self.config.factors), np.float32)
        for rows in _alike(histories.lengths, self.config.factors):
            vectors[rows] = self._fold_in(histories.take(rows))
        return vectors

    def _fold_in(self, histories: Histories) -> FloatMatrix:
        titles, weights, watched = _padded(histories)
        factors = self.title_vectors_[titles]
        extra = self.config.alpha * weights
        confidence = np.where(watched, 1 + extra, 0)
        left = self.gram_ + np.swapaxes(factors, 1, 2) @ (factors * extra[:, :, None])
        right = np.swapaxes(factors, 1, 2) @ confidence[:, :, None]
        return np.linalg.solve(left, right)[:, :, 0]


def _alike(lengths: NDArray[np.int64], factors: int) -> Iterator[NDArray[np.int64]]:
    """Yield rows of similar length, so many that their padded factors fit ``BLOCK_FLOATS``."""
    order = np.argsort(lengths, kind="stable")[::-1]
    order = order[lengths[order] > 0]
    while len(order):
        count = max(1, BLOCK_FLOATS // (int(lengths[order[0]]) * factors + factors**2))
        yield order[:count]
        order = order[count:]


def _padded(
    histories: Histories,
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]:
    """Return titles, weights and which places are filled, each (n_histories, longest)."""
    lengths = histories.lengths
    watched = np.arange(lengths.max()) < lengths[:, None]
    titles = np.zeros(watched.shape, np.int32)
    weights = np.zeros(watched.shape, np.float32)
    titles[watched], weights[watched] = histories.titles, histories.weights
    return titles, weights, watched

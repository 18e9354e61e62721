"""ALS: matrix factorisation for implicit feedback; a history is folded in by least squares."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from recsys.additive import Additive
from recsys.algorithm import Config
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import FEWER_FACTORS, check_memory, cores
from recsys.titles import Titles
from recsys.topk import FloatMatrix
from recsys.vectors import VectorAlgorithm

BLOCK_FLOATS = 2_000_000
"""Vectors gathered at once by a thread: few enough to stay in a processor's cache."""

STEPS = 3
"""Of conjugate gradients in a sweep, which begins where the one before it ended."""

FOLD_IN_STEPS = 12
"""Of conjugate gradients from nothing, after which four digits stand."""


class ALSConfig(Config):
    """Hyperparameters of ALS.

    Attributes
    ----------
    factors : int
        Length of a title's vector.
    l2 : float
        Penalty of a vector, as a share of the weight of all cells that it answers for.
    unwatched : float
        What all cells count together for not being watched, as a multiple of what the watched ones
        do, so that one value serves data of any density.
    iterations : int
        Sweeps over viewers and titles.
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    seed : int
        Of the decomposition that the sweeps begin with.
    memory_gb : float
        What a fit may take for vectors; 8 GB hold those of 2.5 million viewers and titles.
    """

    factors: int = Field(default=128, ge=1, le=1024)
    l2: float = Field(default=0.005, gt=0)
    unwatched: float = Field(default=11.0, gt=0)
    iterations: int = Field(default=4, ge=1, le=1000)
    fade: float = Field(default=0.95, gt=0, le=1)
    seed: int = Field(default=0, ge=0)
    memory_gb: float = Field(default=8.0, gt=0)


class ALS(VectorAlgorithm, Additive):
    r"""Weighted matrix factorisation by alternating least squares.

    Vectors of viewers :math:`x_v` and titles :math:`y_t` minimise

    .. math:: \sum_{(v,t) \in W} w_{vt} (1 - x_v y_t)^2 + \alpha \sum_{v,t} (x_v y_t)^2
              + \lambda \sum_v (w_v + \alpha |T|) |x_v|^2 + \lambda \sum_t (w_t + \alpha |V|) |y_t|^2

    with :math:`w_v`, :math:`w_t` sums of weights and :math:`\alpha` such that all unwatched cells weigh
    `unwatched` times what the watched ones do. Sweeps begin with the singular vectors of the normalised
    matrix, from where few are needed. A history is folded in as one more viewer.

    References
    ----------
    Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008.
    Rendle, Krichene, Zhang and Koren, "Revisiting the Performance of iALS on Item Recommendation
    Benchmarks", RecSys 2022: the penalty.
    Takács, Pilászy and Tikk, "Applications of the Conjugate Gradient Method for Implicit Feedback
    Collaborative Filtering", RecSys 2011.
    """

    name = "als"
    config_type = ALSConfig
    config: ALSConfig

    gram_: FloatMatrix
    """float32 (factors, factors): what is the same in every fold-in, with its share of the penalty."""
    inverse_: FloatMatrix

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        l2 = self.config.l2
        watched = interactions.histories.to_csr()
        check_memory(
            # Vectors, those before them, and what they are decomposed from.
            24 * sum(watched.shape) * self.config.factors,
            self.config.memory_gb,
            "{:,} viewers and {:,} titles".format(*watched.shape),
            where=self.name,
            instead=FEWER_FACTORS,
        )
        watchers = watched.T.tocsr()
        cells = watched.shape[0] * watched.shape[1]
        unwatched = self.config.unwatched * max(float(watched.sum()), 1e-12) / cells
        viewers, vectors = _begin(watched, self.config)
        for _ in range(self.config.iterations):
            viewers = _solve(watched, _Known.of(vectors, unwatched, l2), viewers, STEPS)
            vectors = _solve(watchers, _Known.of(viewers, unwatched, l2), vectors, STEPS)
        self.title_vectors_ = vectors
        known = _Known.of(vectors, unwatched, l2)
        self.gram_, self.inverse_ = known.gram, known.inverse

    def embed(self, histories: Histories) -> FloatMatrix:
        """Fold histories in, float32 (n_histories, factors); an empty one is the zero vector."""
        weights = histories.faded(self.config.fade).to_csr()
        known = _Known(self.title_vectors_, self.gram_, self.inverse_, self.config.l2)
        begun = np.zeros((len(histories), self.title_vectors_.shape[1]), np.float32)
        return _solve(weights, known, begun, FOLD_IN_STEPS)

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        """Solve each history's fold-in for the title in place of the entries: the system is symmetric.

        References
        ----------
        Hu, Koren and Volinsky, ICDM 2008, section 5.
        """
        added = np.zeros(len(histories.titles), np.float32)
        faded = histories.faded(self.config.fade).weights.astype(np.float64)
        for row, (start, stop) in enumerate(pairwise(histories.offsets)):
            weights, vectors = faded[start:stop], self.title_vectors_[histories.titles[start:stop]]
            system = self.gram_ + vectors.T @ (vectors * weights[:, None])
            system[np.diag_indices_from(system)] += self.config.l2 * weights.sum()
            added[start:stop] = weights * (
                vectors @ np.linalg.solve(system, self.title_vectors_[titles[row]])
            )
        return added


def _begin(watched: sparse.csr_matrix, config: ALSConfig) -> tuple[FloatMatrix, FloatMatrix]:
    """Return viewers' and titles' vectors from the decomposition of the normalised matrix."""
    viewers, titles = (np.asarray(watched.sum(axis=axis)).ravel() for axis in (1, 0))
    scales = [1 / np.sqrt(np.maximum(total, 1e-12)) for total in (viewers, titles)]
    normalised = sparse.diags_array(scales[0]) @ watched @ sparse.diags_array(scales[1])
    rank = min(config.factors, *watched.shape)
    left, values, right = randomized_svd(
        normalised, rank, n_oversamples=10, n_iter=1, random_state=config.seed
    )
    vectors = [np.zeros((size, config.factors), np.float32) for size in watched.shape]
    # A viewer's product with a title is what of the matrix the decomposition explains.
    vectors[0][:, :rank] = left * np.sqrt(values) / scales[0][:, None].clip(1e-3)
    vectors[1][:, :rank] = right.T * np.sqrt(values) / scales[1][:, None].clip(1e-3)
    return vectors[0], vectors[1]


@dataclass(frozen=True, slots=True)
class _Known:
    """The side whose vectors stand while the other's are sought.

    Attributes
    ----------
    vectors : float32 (n_columns, factors)
    gram : float32 (factors, factors)
        What is the same for all rows.
    inverse : float32 (factors, factors)
        Of ``gram``.
    l2 : float
        Penalty of a row for each unit of weight in it.
    """

    vectors: FloatMatrix
    gram: FloatMatrix
    inverse: FloatMatrix
    l2: float

    @classmethod
    def of(cls, vectors: FloatMatrix, unwatched: float, l2: float) -> _Known:
        """Weigh all cells, ``unwatched`` each."""
        penalty = l2 * len(vectors) * np.eye(vectors.shape[1])
        gram = unwatched * (vectors.T.astype(np.float64) @ vectors + penalty)
        inverse = np.linalg.inv(gram).astype(np.float32)
        return cls(vectors, gram.astype(np.float32), inverse, l2)


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of similar length, with their entries side by side; places left over weigh 0."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


def _solve(
    weights: sparse.csr_matrix, known: _Known, begun: FloatMatrix, steps: int
) -> FloatMatrix:
    """Return the vectors of a matrix's rows, given those of its columns; empty rows get zeros."""
    solved = np.zeros_like(begun)

    def solve(block: _Block) -> None:
        solved[block.rows] = _descend(block, known, begun[block.rows], steps)

    blocks = list(_blocks(weights, known.vectors.shape[1]))
    if len(blocks) == 1:
        solve(blocks[0])
        return solved
    # BLAS would run threads of its own, which would compete with these. Each block is the same whoever
    # works on it, so the result does not depend on the threads.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores()) as threads:
        for _ in threads.map(solve, blocks):
            pass
    return solved


def _descend(block: _Block, known: _Known, begun: FloatMatrix, steps: int) -> FloatMatrix:
    """Take steps of conjugate gradients, preconditioned by what all rows have in common."""
    vectors = known.vectors[block.columns]
    across = np.swapaxes(vectors, 1, 2)
    penalty = np.float32(known.l2) * block.weights.sum(axis=1)[:, None]

    def back(values: FloatMatrix) -> FloatMatrix:
        summed: FloatMatrix = across @ (values * block.weights)[:, :, None]
        return summed[:, :, 0]

    def along(point: FloatMatrix) -> FloatMatrix:
        return point @ known.gram + penalty * point + back((vectors @ point[:, :, None])[:, :, 0])

    point: FloatMatrix = begun
    left: FloatMatrix = back(np.ones_like(block.weights)) - along(point)
    eased: FloatMatrix = left @ known.inverse
    way: FloatMatrix = eased
    size = _inner(left, eased)
    for _ in range(steps):
        bent = along(way)
        length = _ratio(size, _inner(way, bent))
        point, left = point + length * way, left - length * bent
        eased = left @ known.inverse
        size, before = _inner(left, eased), size
        way = eased + _ratio(size, before) * way
    return point


def _inner(one: FloatMatrix, other: FloatMatrix) -> FloatMatrix:
    """Return the inner product of each row, float32 (n_rows, 1)."""
    products: FloatMatrix = np.einsum("ij,ij->i", one, other)[:, None]
    return products


def _ratio(one: FloatMatrix, other: FloatMatrix) -> FloatMatrix:
    ratio: FloatMatrix = np.divide(one, np.maximum(other, 1e-30), dtype=np.float32)
    return ratio


def _blocks(weights: sparse.csr_matrix, factors: int) -> Iterator[_Block]:
    """Yield rows of similar length, so many that their padded vectors fit ``BLOCK_FLOATS``."""
    lengths = np.diff(weights.indptr)
    order = np.argsort(-lengths, kind="stable")
    order = order[lengths[order] > 0]
    while len(order):
        longest = int(lengths[order[0]])
        # Much shorter ones wait, lest most of a block be padding.
        alike = int(np.searchsorted(-lengths[order], -longest * 3 // 4 + 1, side="left"))
        count = max(1, min(alike, BLOCK_FLOATS // (longest * factors)))
        yield _padded(weights, order[:count], longest)
        order = order[count:]


def _padded(weights: sparse.csr_matrix, rows: NDArray[np.int64], longest: int) -> _Block:
    lengths = np.diff(weights.indptr)[rows]
    filled = np.arange(longest) < lengths[:, None]
    entries = (weights.indptr[rows][:, None] + np.arange(longest))[filled]
    columns = np.zeros(filled.shape, np.int32)
    values = np.zeros(filled.shape, np.float32)
    columns[filled], values[filled] = weights.indices[entries], weights.data[entries]
    return _Block(rows, columns, values)

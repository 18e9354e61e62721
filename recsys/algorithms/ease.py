"""EASE: a linear model of each title on all others, solved in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from scipy.linalg import lapack

from recsys.additive import Additive, cells
from recsys.algorithm import Config
from recsys.errors import ConfigError
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix

BLOCK = 1024
"""Columns worked on at once, so that no second copy of the square matrix is ever held."""

ROUNDING = 1e-6
"""Share of a title's diagonal below which what the others leave of it in float32 is noise."""


class EASEConfig(Config):
    """Hyperparameters of EASE.

    Attributes
    ----------
    l2 : float
        Ridge penalty of a title, as a multiple of how many viewers count for the title of an
        average interaction, so that one value serves data of any size.
    exponent : float
        A title ``r`` times as popular as that one is penalised ``r ** exponent`` times as much: 0
        penalises all alike, 1 each as leaving out a share of its watches at random would.
    damping : float
        A viewer of ``n`` titles counts ``n ** -damping`` in what is learned: who watches everything
        says little of what belongs together.
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    floor : float
        What a title watched long ago still counts, in [0, 1].
    memory_gb : float
        What a fit may take for its square matrix; 8 GB hold 44,700 watched titles.
    """

    l2: float = Field(default=1.5, gt=0)
    exponent: float = Field(default=0.5, ge=0, le=1)
    damping: float = Field(default=0.5, ge=0, le=2)
    fade: float = Field(default=0.8, gt=0, le=1)
    floor: float = Field(default=0.1, ge=0, le=1)
    memory_gb: float = Field(default=4.0, gt=0)


class EASE(Additive):
    r"""Embarrassingly shallow autoencoder.

    .. math:: B = I - P \, \mathrm{diag}(1 / P_{jj}), \quad P = (X^T X + \Lambda)^{-1}, \quad
              \Lambda_{jj} = \lambda m \, (n_j / m)^\nu

    for the matrix :math:`X` of viewers, damped, and watched titles, with :math:`n_j = (X^T X)_{jj}`
    for title ``j`` and :math:`m = \sum n_j^2 / \sum n_j` for that of an average interaction; a history
    scores :math:`x B`. Titles that nobody watched take no part in the solve and score 0.

    References
    ----------
    Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019.
    Steck, "Autoencoders that don't overfit towards the Identity", NeurIPS 2020: :math:`\nu = 1`.
    """

    name = "ease"
    config_type = EASEConfig
    config: EASEConfig

    watched_: NDArray[np.int32]
    """Internal ids of the titles that somebody watched."""
    weights_: FloatMatrix
    """float32 (n_watched, n_watched): what a watched title (row) says for another (column)."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        watched = np.unique(interactions.histories.titles).astype(np.int32)
        check_memory(
            4 * len(watched) ** 2,
            self.config.memory_gb,
            f"{len(watched):,} watched titles",
            where=self.name,
            instead="use slim, whose memory grows with the titles alone",
        )
        matrix = interactions.histories.to_csr()[:, watched]
        lengths = np.diff(matrix.indptr)
        damped = np.maximum(lengths, 1).astype(np.float32) ** np.float32(-self.config.damping / 2)
        matrix.data = np.repeat(damped, lengths)
        self.watched_ = watched
        gram = _gram(matrix)
        self.weights_ = _solve(gram, self._penalties(np.diagonal(gram)))

    def _penalties(self, viewers: NDArray[np.float32]) -> NDArray[np.float32]:
        typical = float((viewers**2).sum() / viewers.sum())
        return self.config.l2 * typical * (viewers / typical) ** np.float32(self.config.exponent)

    def _score(self, histories: Histories) -> FloatMatrix:
        asked = histories.faded(self.config.fade, self.config.floor).to_csr()[:, self.watched_]
        scores = np.zeros((len(histories), histories.n_titles), np.float32)
        scores[:, self.watched_] = asked @ self.weights_
        return scores

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        places = np.full(histories.n_titles, -1, np.int64)
        places[self.watched_] = np.arange(len(self.watched_))
        said = cells(self.weights_, places[histories.titles], places[titles[histories.viewers]])
        return histories.faded(self.config.fade, self.config.floor).weights * said


def _gram(matrix: sparse.csr_matrix) -> FloatMatrix:
    """Return the dense float32 ``matrix.T @ matrix``, a block of rows at a time."""
    n_titles = matrix.shape[1]
    gram = np.empty((n_titles, n_titles), np.float32)
    transposed = matrix.T.tocsr()
    for start in range(0, n_titles, BLOCK):
        rows = slice(start, start + BLOCK)
        gram[rows] = (transposed[rows] @ matrix).toarray()
    return gram


def _solve(gram: FloatMatrix, penalties: NDArray[np.float32]) -> FloatMatrix:
    """Turn a Gram matrix into EASE's weights, in its own memory."""
    diagonal = np.diag_indices_from(gram)
    gram[diagonal] += penalties
    scales = gram[diagonal]
    # LAPACK works in place on Fortran order, which the transpose of a symmetric matrix is for free.
    factor, failed = lapack.spotrf(gram.T, lower=1, overwrite_a=1, clean=0)
    # A pivot that is all but nothing of what it was is rounding, which the inverse would magnify.
    if failed or (np.diagonal(factor) ** 2 < ROUNDING * scales).any():
        raise ConfigError(
            expected="a penalty large enough to solve with in float32",
            got=f"{penalties.min():.2g} for the least watched title",
            where="ease.l2",
        )
    inverse = lapack.spotri(factor, lower=1, overwrite_c=1)[0].T
    _mirror(inverse)
    inverse /= -inverse[diagonal]
    inverse[diagonal] = 0.0
    return inverse


def _mirror(matrix: FloatMatrix) -> None:
    """Copy the upper triangle onto the lower, a block at a time."""
    size = len(matrix)
    for start in range(0, size, BLOCK):
        stop = min(start + BLOCK, size)
        square = matrix[start:stop, start:stop]
        square[:] = np.triu(square) + np.triu(square, 1).T
        matrix[stop:, start:stop] = matrix[start:stop, stop:].T

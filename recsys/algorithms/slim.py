"""SLIM: each title explained by the few titles most like it, for catalogs too large to invert."""

from __future__ import annotations

from functools import partial

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

BLOCK_FLOATS = 8_000_000
"""Entries of the titles' systems of equations that are solved at once."""

POOL = 10
"""Times its neighbours a title keeps of its counts of common viewers; the rest are taken for 0."""


class SLIMConfig(Config):
    """Hyperparameters of SLIM.

    Attributes
    ----------
    neighbours : int
        Titles that explain a title.
    l2 : float
        Ridge penalty of a title, as a multiple of how many viewers count for the title of an
        average interaction.
    exponent : float
        A title ``r`` times as popular as that one is penalised ``r ** exponent`` times as much.
    damping : float
        A viewer of ``n`` titles counts ``n ** -damping`` in what is learned.
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    floor : float
        What a title watched long ago still counts, in [0, 1].
    memory_gb : float
        What a fit may take for the counts of common viewers; 8 GB hold 130,000 titles of 100 neighbours.
    """

    neighbours: int = Field(default=100, ge=1, le=1000)
    l2: float = Field(default=1.5, gt=0)
    exponent: float = Field(default=0.5, ge=0, le=1)
    damping: float = Field(default=0.5, ge=0, le=2)
    fade: float = Field(default=0.8, gt=0, le=1)
    floor: float = Field(default=0.1, ge=0, le=1)
    memory_gb: float = Field(default=8.0, gt=0)


class SLIM(Additive):
    r"""Ridge regression of each title on its nearest neighbours.

    With :math:`G = X^T X` the common viewers, damped, :math:`n_i = G_{ii}`, and :math:`S` the nearest of
    title ``j`` by :math:`G_{ij} / \sqrt{n_i n_j}`, its column of weights is

    .. math:: b_S = (G_{SS} + \Lambda_{SS})^{-1} G_{Sj}, \quad
              \Lambda_{ii} = \lambda m \, (n_i / m)^\nu

    and 0 elsewhere, with :math:`m = \sum n^2 / \sum n`; a history scores :math:`x B`. What EASE
    solves at once for all pairs is here solved for the few that matter, so that memory and time
    grow with the titles and not with their square.

    References
    ----------
    Ning and Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender Systems", ICDM 2011 (fsSLIM).
    """

    name = "slim"
    config_type = SLIMConfig
    config: SLIMConfig

    weights_: sparse.csr_matrix
    """float32 (n_titles, n_titles): what a watched title (row) says for another (column)."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        most = max(1, min(self.config.neighbours, len(titles) - 1))
        watched = interactions.histories.to_csr()
        n_kept = kept(watched, POOL * most)
        check_memory(
            # A likeness and a count with their columns, the counts once more the other way, and their sorting.
            60 * n_kept,
            self.config.memory_gb,
            f"{n_kept:,} neighbours of {len(titles):,} titles",
            where=self.name,
            instead=FEWER_NEIGHBOURS,
        )
        lengths = np.diff(watched.indptr)
        damped = np.maximum(lengths, 1).astype(np.float32) ** np.float32(-self.config.damping / 2)
        watched.data = np.repeat(damped, lengths)
        viewers_of = watched.T.tocsr()
        viewers = np.asarray(watched.multiply(watched).sum(axis=0)).ravel()
        near = nearest(viewers_of, viewers_of, partial(_cosine, viewers), POOL * most)
        common = _counts(near, viewers)
        penalised = viewers + self._penalties(viewers)
        parts = max(1, len(titles) * most**2 // BLOCK_FLOATS)
        blocks = [
            _explained(block, near, common, penalised, most)
            for block in np.array_split(np.arange(len(titles)), parts)
        ]
        self.weights_ = sparse.vstack(blocks).T.tocsr()

    def _penalties(self, viewers: NDArray[np.float32]) -> NDArray[np.float32]:
        typical = float((viewers**2).sum() / viewers.sum())
        return self.config.l2 * typical * (viewers / typical) ** np.float32(self.config.exponent)

    def _score(self, histories: Histories) -> FloatMatrix:
        asked = histories.faded(self.config.fade, self.config.floor).to_csr()
        return (asked @ self.weights_).toarray()

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        said = cells(self.weights_, histories.titles, titles[histories.viewers])
        return histories.faded(self.config.fade, self.config.floor).weights * said


def _cosine(
    viewers: NDArray[np.float32],
    rows: NDArray[np.int64],
    columns: NDArray[np.int32],
    common: NDArray[np.float32],
) -> NDArray[np.float32]:
    return common / np.sqrt(viewers[rows] * viewers[columns])


def _counts(near: sparse.csr_matrix, viewers: NDArray[np.float32]) -> sparse.csr_matrix:
    """Return the symmetric counts of common viewers that likenesses were made from."""
    rows = np.repeat(np.arange(near.shape[0]), np.diff(near.indptr))
    counts = near.data * np.sqrt(viewers[rows] * viewers[near.indices])
    one_way = sparse.csr_matrix((counts, near.indices, near.indptr), near.shape)
    common = one_way.maximum(one_way.T).tocsr()
    common.sort_indices()
    return common


def _support(near: sparse.csr_matrix, most: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return each row's nearest titles and which places are filled, both (n_rows, at most ``most``)."""
    lengths = np.diff(near.indptr)
    rows = np.repeat(np.arange(near.shape[0]), lengths)
    order = np.lexsort((near.indices, -near.data, rows))
    ranks = np.arange(near.nnz) - np.repeat(near.indptr[:-1], lengths)
    kept = ranks < most
    filled = np.arange(min(most, int(lengths.max(initial=0)))) < lengths[:, None]
    support = np.zeros(filled.shape, np.int32)
    support[filled] = near.indices[order[kept]]
    return support, filled


def _explained(
    titles: NDArray[np.int64],
    near: sparse.csr_matrix,
    common: sparse.csr_matrix,
    penalised: NDArray[np.float32],
    most: int,
) -> sparse.csr_matrix:
    """Solve for the weights of a block of titles (rows) on their nearest (columns)."""
    support, filled = _support(near[titles], most)
    upper = np.triu_indices(support.shape[1], 1)
    both = filled[:, upper[0]] & filled[:, upper[1]]
    systems = np.zeros((*support.shape, support.shape[1]), np.float32)
    systems[:, upper[0], upper[1]] = _at(common, support[:, upper[0]], support[:, upper[1]]) * both
    systems += np.swapaxes(systems, 1, 2)
    places = np.arange(support.shape[1])
    # A place that is not filled has an equation of its own, whose solution is 0.
    systems[:, places, places] = np.where(filled, penalised[support], 1)
    explained = np.broadcast_to(titles[:, None], support.shape)
    wanted = _at(common, support, explained) * filled
    weights = np.linalg.solve(systems, wanted[:, :, None])[:, :, 0]
    offsets = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
    shape = (len(support), len(penalised))
    return sparse.csr_matrix((weights[filled], support[filled], offsets), shape=shape)


def _at(
    matrix: sparse.csr_matrix, rows: NDArray[np.int32], columns: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Return the entries of pairs, in the shape of their rows."""
    # SciPy answers an empty question with one entry.
    entries = matrix[rows.ravel(), columns.ravel()] if rows.size else np.empty(0)
    return np.asarray(entries, np.float32).reshape(rows.shape)

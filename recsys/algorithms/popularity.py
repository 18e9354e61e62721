"""What everybody watches: the answer to an empty history, and a strong rival over the last days."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse

from recsys.additive import Additive
from recsys.algorithm import Config
from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix


class PopularityConfig(Config):
    """Hyperparameters of popularity.

    Attributes
    ----------
    half_life_days : float, optional
        After this many days before the newest interaction a weight counts half; ``None`` is never.
    region_shrinkage : float, optional
        How many interactions of the whole world are mixed into each region's own; ``None`` makes
        one world of all regions.
    """

    half_life_days: float | None = Field(default=None, gt=0, le=36_500)
    region_shrinkage: float | None = Field(default=None, ge=0)


class Popularity(Additive):
    r"""Summed, decayed weights, by region.

    With :math:`c_{rt}` the decayed weight of title ``t`` in region ``r``, :math:`C_r` its sum and
    :math:`p_t` the title's share in the whole world, a history of that region scores

    .. math:: (c_{rt} + s \, p_t) / (C_r + s)

    which is the posterior mean under a Dirichlet prior of strength :math:`s` (`region_shrinkage`).
    """

    name = "popularity"
    config_type = PopularityConfig
    config: PopularityConfig

    shares_: FloatMatrix
    """float32 (n_titles,), summing to 1."""
    regions_: NDArray[np.str_]
    regional_: sparse.csr_matrix
    """float32 (n_regions, n_titles): decayed weights."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        histories = interactions.histories
        if self.config.half_life_days is not None:
            histories = histories.aged(self.config.half_life_days)
        total = np.bincount(histories.titles, histories.weights, minlength=len(titles))
        self.shares_ = (total / max(total.sum(), 1e-12)).astype(np.float32)
        regions, region_of_viewer = np.unique(histories.regions, return_inverse=True)
        entries = (histories.weights, (region_of_viewer[histories.viewers], histories.titles))
        shape = (len(regions), len(titles))
        self.regions_ = regions
        self.regional_ = sparse.csr_matrix(entries, shape=shape, dtype=np.float32)

    def _score(self, histories: Histories) -> FloatMatrix:
        if not len(histories):
            return np.zeros((0, histories.n_titles), np.float32)
        return np.stack([self.of_region(region) for region in histories.regions.tolist()])

    def _score_empty(self, histories: Histories) -> FloatMatrix:
        return self._score(histories)

    def most_watched(
        self, histories: Histories, closed: NDArray[np.bool_], n: int
    ) -> tuple[InternalIds, FloatMatrix]:
        """Return the ``n`` best titles of each history's region that are not closed, as ``top_k`` would.

        All of a region have one order, so only as many titles are looked at as are closed among the best.

        Parameters
        ----------
        closed : bool (n_histories, n_titles)
        n : int
        """
        self._check(histories)
        ids = np.full((len(histories), n), UNKNOWN, np.int32)
        best = np.full((len(histories), n), -np.inf, np.float32)
        for row, region in enumerate(histories.regions.tolist()):
            found = _first_open(self._order(region), closed[row], n)
            ids[row, : len(found)] = found
            best[row, : len(found)] = self.of_region(region)[found]
        return ids, best

    def origins(self, region: str, title: int) -> tuple[float, float]:
        """Return what a region's own viewers and those of the whole world add to a title's score there."""
        own, trust, total = self._mixed(region)
        return float(own[title] / total), float(trust * self.shares_[title] / total)

    def of_region(self, region: str) -> FloatMatrix:
        """Return the scores of a history there, float32 (n_titles,); not to be written to."""
        # The same for everyone there, so it is computed once; where nobody watched, what the world does.
        region = region if region in self._known else ""
        if region not in self._of_regions:
            own, trust, total = self._mixed(region)
            self._of_regions[region] = ((own + trust * self.shares_) / total).astype(np.float32)
        return self._of_regions[region]

    def _order(self, region: str) -> InternalIds:
        region = region if region in self._known else ""
        if region not in self._orders:
            row = self.of_region(region)
            self._orders[region] = np.argsort(-row, kind="stable").astype(np.int32)
        return self._orders[region]

    def _mixed(self, region: str) -> tuple[FloatMatrix, float, float]:
        """Return a region's own counts, what the world's shares count beside them, and the sum of both."""
        shrinkage, known = self.config.region_shrinkage, np.flatnonzero(self.regions_ == region)
        if shrinkage is None or not region or not len(known):
            return np.zeros_like(self.shares_), 1.0, 1.0
        own = self.regional_[known[0]].toarray()[0]
        return own, shrinkage, max(float(own.sum()) + shrinkage, 1e-12)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.regions_.tolist())

    @cached_property
    def _of_regions(self) -> dict[str, FloatMatrix]:
        return {}

    @cached_property
    def _orders(self) -> dict[str, InternalIds]:
        return {}

    def _unlearn(self) -> None:
        super()._unlearn()
        for name in ("_known", "_of_regions", "_orders"):
            vars(self).pop(name, None)

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        return np.zeros(len(histories.titles), np.float32)

    def _similarities(self, titles: InternalIds) -> FloatMatrix:
        return np.broadcast_to(self.shares_, (len(titles), len(self.shares_)))


def _first_open(order: InternalIds, closed: NDArray[np.bool_], n: int) -> InternalIds:
    """Return the first ``n`` of an order that are not closed, looking ever further ahead."""
    found, at, step = order[:0], 0, 2 * n
    while len(found) < n and at < len(order):
        ahead = order[at : at + step]
        found = np.concatenate([found, ahead[~closed[ahead]]])
        at, step = at + step, 2 * step
    return found[:n]

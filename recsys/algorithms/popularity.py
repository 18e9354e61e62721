"""What everybody watches: the answer to an empty history, and a strong rival over the last days."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse

from recsys.additive import Additive
from recsys.algorithm import Config
from recsys.ids import InternalIds
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
        return np.stack([self._region(region) for region in histories.regions.tolist()])

    def _score_empty(self, histories: Histories) -> FloatMatrix:
        return self._score(histories)

    def origins(self, region: str, title: int) -> tuple[float, float]:
        """Return what a region's own viewers and those of the whole world add to a title's score there."""
        own, trust, total = self._mixed(region)
        return float(own[title] / total), float(trust * self.shares_[title] / total)

    def _region(self, region: str) -> FloatMatrix:
        # The same for everyone there, so it is computed once; where nobody watched, what the world does.
        region = region if region in self._known else ""
        if region not in self._of_regions:
            own, trust, total = self._mixed(region)
            self._of_regions[region] = ((own + trust * self.shares_) / total).astype(np.float32)
        return self._of_regions[region]

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

    def _unlearn(self) -> None:
        super()._unlearn()
        for name in ("_known", "_of_regions"):
            vars(self).pop(name, None)

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        return np.zeros(len(histories.titles), np.float32)

    def _similarities(self, titles: InternalIds) -> FloatMatrix:
        return np.broadcast_to(self.shares_, (len(titles), len(self.shares_)))

"""Popularity of a title's kind: what can be expected of a title that nobody has watched yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse

from recsys.additive import Additive
from recsys.algorithm import Config
from recsys.descriptions import block
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from recsys.topk import FloatMatrix


class KindPopularityConfig(Config):
    """Hyperparameters.

    Attributes
    ----------
    half_life_days : float, optional
        After this many days before the newest interaction a viewer counts half; ``None`` is never.
    """

    half_life_days: float | None = Field(default=None, gt=0, le=36_500)


class KindPopularity(Additive):
    """Popularity that answers for titles nobody watched, too.

    A watched title counts its viewers; one that nobody watched counts what the watched titles of its genres
    and decade do on average, each genre alike. It is the rival that a model of cold titles must beat.
    """

    name = "kind-popularity"
    config_type = KindPopularityConfig
    config: KindPopularityConfig

    expected_: FloatMatrix
    """float32 (n_titles,): viewers, or what can be expected of them."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        histories = interactions.histories
        each = replace(histories, weights=np.ones_like(histories.weights))
        days = self.config.half_life_days
        counted = each if days is None else each.aged(days)
        viewers = np.bincount(counted.titles, counted.weights, len(titles)).astype(np.float64)
        watched = np.bincount(histories.titles, minlength=len(titles)) > 0
        genres, decades = (_marks(block(titles.table, one, 1)) for one in ("genres", "decade"))
        kind = _of_kind(genres, decades, viewers, watched)
        self.expected_ = np.where(watched, viewers, kind).astype(np.float32)

    def _score(self, histories: Histories) -> FloatMatrix:
        return np.tile(self.expected_, (len(histories), 1))

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        return np.zeros(len(histories.titles), np.float32)

    def _similarities(self, titles: InternalIds) -> FloatMatrix:
        return np.broadcast_to(self.expected_, (len(titles), len(self.expected_)))


def _marks(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    rows.data[:] = 1
    return rows


def _of_kind(
    genres: sparse.csr_matrix,
    decades: sparse.csr_matrix,
    viewers: NDArray[np.float64],
    watched: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the mean over a title's genres of the mean of the watched titles of genre and decade."""
    here, then = genres[watched], decades[watched]
    totals = (here.T @ sparse.diags(viewers[watched]) @ then).toarray()
    means = totals / np.maximum((here.T @ then).toarray(), 1)
    by_genre = np.asarray(decades.multiply(genres @ means).sum(axis=1)).ravel()
    return by_genre / np.maximum(np.diff(genres.indptr), 1)

"""What answers before anything was learned: what many watch, as far as it is known, then the newest titles."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.ranking.answers import Recommendations
from recsys.ranking.leaning import Factors, Mask, leaned, with_enough
from recsys.ranking.recommender import AlgorithmName
from recsys.ranking.rights import Rights
from recsys.titles import Titles
from recsys.topk import FloatMatrix, top_k

DEGRADED = ("bundle",)
WORLD, NEWNESS = 0.1, 1e-6
"""What the whole world's watching counts beside a region's, and what newness counts beside either."""


class CatalogOnly:
    """A recommender that knows titles and no viewers.

    Parameters
    ----------
    catalog : pyarrow.Table
        TITLES, episodes included.
    popular : pyarrow.Table, optional
        POPULAR, as the last night counted it.
    """

    bundle_id = ""

    def __init__(self, catalog: pa.Table, popular: pa.Table | None = None) -> None:
        self.titles = titles = Titles.from_table(catalog)
        self.catalog = catalog
        self.rights = Rights.of(titles)
        came = np.nan_to_num(titles.debuts().astype("datetime64[s]").astype(np.float64), nan=-1e12)
        ranks = np.argsort(np.argsort(came, kind="stable"), kind="stable")
        self.factors: Factors | None = None
        self.enough: tuple[Mask, ...] = ()
        self._newness = ((1 + ranks) / (1 + len(titles))).astype(np.float32)
        self._shares = _shares(titles, popular)

    @property
    def popularity(self) -> NDArray[np.float32]:
        """How much each title is watched, float32 (n_titles,); zeros if nobody knows."""
        return self._shares.get("", np.zeros(len(self.titles), np.float32))

    def without(self, withdrawn: NDArray[np.bool_]) -> Self:
        """Return the same recommender, which shows some of the titles to nobody, bool (n_titles,)."""
        narrow = copy(self)
        narrow.rights = self.rights.without(withdrawn)
        return narrow

    def only(self, wanted: NDArray[np.bool_]) -> Self:
        """Return the same recommender, which shows some of the titles alone, bool (n_titles,)."""
        narrow = copy(self)
        narrow.rights = self.rights.only(wanted)
        return narrow

    def leaning(self, factors: Factors, enough: tuple[Mask, ...] = ()) -> Self:
        """Return the same recommender, which multiplies scores title by title, and shows enough of some."""
        leaning = copy(self)
        leaning.factors, leaning.enough = factors, enough
        return leaning

    def allowed(self, context: Context) -> NDArray[np.bool_]:
        """Return what the context may be shown, bool (n_titles,)."""
        return self.rights.allowed(context)

    def popular(self, context: Context, n: int) -> Recommendations:
        """Return what many watch in the context's region, then the newest titles, as one row."""
        return self._leaning(self._wanted(context)[None], context, n)

    def recommend(
        self, histories: Histories, context: Context, n: int, *, algorithm: AlgorithmName = "hybrid"
    ) -> Recommendations:
        """Return the same without what each history holds, whatever the algorithm."""
        del algorithm
        scores = np.repeat(self._wanted(context)[None], len(histories), axis=0)
        seen = histories.known()
        scores[seen.viewers, seen.titles] = -np.inf
        return self._leaning(scores, context, n)

    def similar(self, titles: InternalIds, context: Context, n: int) -> Recommendations:
        """Return the titles that share most genres with each given one, newest first."""
        genres = [set(names or ()) for names in self.titles.table["genres"].to_pylist()]
        shared = [[len(genres[title] & other) for other in genres] for title in titles]
        common = np.asarray(shared, np.float32)
        scores = common + self._newness
        scores[np.arange(len(titles)), titles] = -np.inf
        answer = self._best(_shut(scores, self.allowed(context)), n)
        alike = np.take_along_axis(common, np.maximum(answer.ids, 0).astype(np.int64), axis=1) > 0
        return replace(answer, sources=np.where(alike, "similar", answer.sources).astype(object))

    def at_hand(self, title: int, context: Context, n: int) -> None:
        """Return nothing: what is alike is looked for each time."""

    def _leaning(self, scores: FloatMatrix, context: Context, n: int) -> Recommendations:
        return with_enough(
            self.enough,
            self.allowed(context),
            lambda shown: self._best(leaned(_shut(scores, shown), self.factors), n),
        )

    def _best(self, scores: FloatMatrix, n: int) -> Recommendations:
        ids, best = top_k(scores, n)
        watched = self.popularity[np.maximum(ids, 0)] > 0
        sources = np.where(watched, "popularity", "catalog").astype(object)
        return Recommendations(ids=ids, scores=best, sources=sources, degraded=DEGRADED)

    def _wanted(self, context: Context) -> NDArray[np.float32]:
        """Return the region's shares beside a tenth of the world's, and of what nobody watches the newest first."""
        world = self.popularity
        own = self._shares.get(context.region, world)
        return (own + WORLD * world + NEWNESS * self._newness).astype(np.float32)


def _shut(scores: FloatMatrix, shown: NDArray[np.bool_]) -> FloatMatrix:
    return np.where(shown, scores, -np.inf).astype(np.float32)


def _shares(titles: Titles, popular: pa.Table | None) -> dict[str, NDArray[np.float32]]:
    """Return the share of each title among those watched, by region."""
    if popular is None:
        return {}
    regions = popular["region"].to_numpy(zero_copy_only=False).astype(str)
    rows = titles.ids.internal(popular["title_id"].to_pylist())
    counts = popular["viewers"].to_numpy().astype(np.float64)
    found = {}
    for region in np.unique(regions):
        here = (regions == region) & (rows >= 0)
        sums = np.bincount(rows[here], counts[here], len(titles))
        found[str(region)] = (sums / max(sums.sum(), 1)).astype(np.float32)
    return found

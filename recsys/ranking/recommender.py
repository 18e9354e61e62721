"""What a replica answers with: a bundle's model behind the rights of the asker, one rung below another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from recsys.bundle import Bundle
from recsys.context import Context
from recsys.errors import BundleError, InputError
from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories
from recsys.ranking import parts
from recsys.ranking.answers import POPULARITY, Recommendations, alike, named
from recsys.ranking.features import PairFeatures
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.kept import PARTS
from recsys.ranking.leaning import Factors, Mask, leaned, with_enough
from recsys.ranking.near import Near, Neighbours
from recsys.ranking.neighbourhoods import NEIGHBOURHOODS, Neighbourhoods
from recsys.ranking.rights import Rights
from recsys.titles import Titles, whole, with_old
from recsys.topk import FloatMatrix, check_count, top_k

AlgorithmName = Literal["hybrid", "collaborative", "content-based"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recommender:
    """Answers for one bundle; stateless, and safe to share among threads.

    Attributes
    ----------
    model : Hybrid
    titles : Titles
    catalog : pyarrow.Table
        Of the TITLES schema, episodes included.
    rights : Rights
        Of each of ``titles``.
    bundle_id : str
    near : Near
        What is remembered of titles like a title.
    factors, enough
        See ``leaning``.
    """

    model: Hybrid
    titles: Titles
    catalog: pa.Table
    rights: Rights
    bundle_id: str
    near: Near
    factors: Factors | None = None
    enough: tuple[Mask, ...] = ()

    @classmethod
    def load(cls, bundle: Bundle, ranking_features: type[PairFeatures] | None = None) -> Self:
        """Load an opened bundle.

        Parameters
        ----------
        bundle : Bundle
        ranking_features : type of PairFeatures, optional
            What the bundle's hybrid was built with.

        Raises
        ------
        BundleError
            If it holds no hybrid, or its model and its catalog differ.
        """
        if not (bundle.path / "model" / PARTS).is_file():
            raise BundleError(
                expected=f"a hybrid, with model/{PARTS}", got=bundle.model, where=bundle.path
            )
        catalog = whole(pq.read_table(bundle.path / "catalog.parquet"))
        titles = Titles.from_table(catalog)
        model = Hybrid.load(bundle.path / "model", ranking_features)
        if model.title_ids_ != titles.ids:
            raise BundleError(
                expected=f"a model of the catalog's {len(titles)} titles",
                got=model.title_ids_,
                where=bundle.path,
            )
        near = Near(model, Neighbourhoods.read(bundle.path / NEIGHBOURHOODS))
        return cls(model, titles, catalog, Rights.of(titles), bundle.id, near)

    def under(self, catalog: pa.Table) -> Self:
        """Return the same model under the names and the rights of a later catalog.

        A title that it no longer holds is shown to nobody; one that the model never saw is in
        ``catalog``, but not in ``titles``.

        Parameters
        ----------
        catalog : pyarrow.Table
            Of the TITLES schema, episodes included.

        Raises
        ------
        InputError
            If it is not such a table.
        """
        later = Titles.from_table(catalog)
        rows = later.ids.internal(self.titles.ids.values)
        gone = rows < 0
        both = pa.concat_tables([later.table, self.titles.table]).combine_chunks()
        chosen = np.where(gone, len(later) + np.arange(len(rows)), rows)
        titles = Titles(both.take(pa.array(chosen)), self.titles.ids)
        return replace(
            self,
            titles=titles,
            catalog=with_old(catalog, self.catalog),
            rights=Rights.of(titles, gone),
        )

    @property
    def popularity(self) -> NDArray[np.float32]:
        """How much each title is watched, float32 (n_titles,)."""
        return self.model.popularity_

    def without(self, withdrawn: NDArray[np.bool_]) -> Self:
        """Return the same recommender, which shows some of the titles to nobody, bool (n_titles,)."""
        return replace(self, rights=self.rights.without(withdrawn))

    def only(self, wanted: NDArray[np.bool_]) -> Self:
        """Return the same recommender, which shows some of the titles alone, bool (n_titles,)."""
        return replace(self, rights=self.rights.only(wanted))

    def leaning(self, factors: Factors, enough: tuple[Mask, ...] = ()) -> Self:
        """Return the same recommender, which multiplies by ``factors`` as ``leaned`` does, and shows ``enough``."""
        return replace(self, factors=factors, enough=enough)

    def allowed(self, context: Context) -> NDArray[np.bool_]:
        """Return what a context may be shown, bool (n_titles,); fail-closed."""
        return self.rights.allowed(context)

    def recommend(
        self,
        histories: Histories,
        context: Context,
        n: int,
        *,
        algorithm: AlgorithmName = "hybrid",
    ) -> Recommendations:
        """Return the best unseen titles that may be shown, exactly ``n`` wherever so many exist.

        Parameters
        ----------
        histories : Histories
            Of one viewer or more.
        context : Context
        n : int
            At least 1.
        algorithm : str
            "collaborative" is the part that learns from others' histories and did best when the
            hybrid was taught; "content-based" knows titles alone.
        """
        check_count(n, "recommend")
        if histories.n_titles != len(self.titles):
            raise InputError(
                expected=f"histories over {len(self.titles)} titles",
                got=histories.n_titles,
                where="recommend",
            )
        ask = partial(self._recommend, histories, context, n, algorithm)
        return with_enough(self.enough, self.allowed(context), ask)

    def _recommend(
        self, histories: Histories, context: Context, n: int, algorithm: AlgorithmName, shown: Mask
    ) -> Recommendations:
        if algorithm == "hybrid":
            ask = partial(self._hybrid, histories, context, n, shown)
        else:
            ask = partial(self._by, self._part(algorithm), histories, n, shown)
        return self._or_popular(ask, histories, n, shown, algorithm)

    def similar(self, titles: InternalIds, context: Context, n: int) -> Recommendations:
        """Return the titles most like each given one that may be shown; row ``i`` for title ``i``.

        Where fewer than ``n`` are alike, popular ones follow; the source tells which are.
        """
        check_count(n, "similar")
        given = np.asarray(titles, np.int32)
        if given.size and not 0 <= given.min() <= given.max() < len(self.titles):
            raise InputError(
                expected=f"internal ids in 0..{len(self.titles) - 1}",
                got=given.tolist(),
                where="similar",
            )
        shown = self.allowed(context)
        degraded: tuple[str, ...] = ()
        try:
            found = self.near.best(given, n, shown)
        except Exception:
            log.warning("similar titles are broken", exc_info=True)
            degraded, found = ("similar",), self.near.popular(given, n, shown)
        return alike(found, n, degraded)

    def at_hand(self, title: int, context: Context, n: int) -> Neighbours | None:
        """Return what ``similar`` would for one title, or None if it would have to be looked for."""
        if title == UNKNOWN:
            return None
        try:
            return self.near.at_hand(title, n, self.allowed(context))
        except Exception:
            log.warning("what is at hand is broken", exc_info=True)
            return None

    def popular(self, context: Context, n: int) -> Recommendations:
        """Return what many watch in the context's region now, as one row."""
        check_count(n, "popular")
        nobody = Histories.of([[]], len(self.titles))
        nobody = replace(nobody, regions=np.array([context.region], "U2"))
        shown = self.allowed(context)
        return with_enough(self.enough, shown, lambda some: self._popular(nobody, n, some, ()))

    def _hybrid(
        self, histories: Histories, context: Context, n: int, shown: NDArray[np.bool_]
    ) -> Recommendations:
        answer = self.model.answer(histories, n, shown, context, self.factors)
        return Recommendations(*answer, degraded=self.model.missing)

    def _by(self, name: str, histories: Histories, n: int, shown: Mask) -> Recommendations:
        part = self.model.parts[name]
        if self.factors is None:
            return named(*part.recommend(histories, n, allowed=shown), name)
        return named(*self._best(part.score(histories), histories, n, shown), name)

    def _best(
        self, scores: FloatMatrix, histories: Histories, n: int, shown: NDArray[np.bool_]
    ) -> tuple[InternalIds, FloatMatrix]:
        known = histories.known()
        scores = np.where(shown, scores, np.float32(-np.inf))
        scores[known.viewers, known.titles] = -np.inf
        return top_k(leaned(scores, self.factors), n)

    def _or_popular(
        self,
        ask: Callable[[], Recommendations],
        histories: Histories,
        n: int,
        shown: Mask,
        rung: str,
    ) -> Recommendations:
        try:
            return ask()
        except Exception:
            log.warning("%s is broken", rung, exc_info=True)
            return self._popular(histories, n, shown, (rung,))

    def _popular(
        self, histories: Histories, n: int, shown: NDArray[np.bool_], degraded: tuple[str, ...]
    ) -> Recommendations:
        """Answer from the plainest array there is if even the popularity part is broken."""
        try:
            if self.factors is None:
                return named(*self._most_watched(histories, n, shown), POPULARITY, degraded)
            scores = self.model.popular(histories)
        except Exception:
            log.warning("popularity is broken", exc_info=True)
            scores = np.repeat(self.model.popularity_[None], len(histories), axis=0)
            degraded = (*degraded, POPULARITY)
        return named(*self._best(scores, histories, n, shown), POPULARITY, degraded)

    def _most_watched(
        self, histories: Histories, n: int, shown: NDArray[np.bool_]
    ) -> tuple[InternalIds, FloatMatrix]:
        known = histories.known()
        closed = np.repeat(~shown[None], len(known), axis=0)
        closed[known.viewers, known.titles] = True
        return parts.popular(self.model.parts).most_watched(known, closed, n)

    def _part(self, algorithm: str) -> str:
        if algorithm == "collaborative":
            return str(self.model.collaborative_[0])
        if algorithm != "content-based":
            raise InputError(
                expected="hybrid, collaborative or content-based", got=algorithm, where="algorithm"
            )
        return parts.content(self.model.parts) or parts.popularity(self.model.parts)

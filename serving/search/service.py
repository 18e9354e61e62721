"""Searches: finds and completes for who asks, within what may be shown, and says what was missing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import UNKNOWN
from recsys.page.words import Words
from recsys.schema import MATURITY_AGES
from recsys.search.complete import Completer
from recsys.search.entries import TYPES
from recsys.search.facets import facets
from recsys.search.find import Finder, Found
from recsys.search.folding import folded, words
from serving.metrics import Metrics
from serving.search.contracts import (
    AskedToSearch,
    FacetCount,
    Facets,
    SearchAnswer,
    UnderstoodPart,
)
from serving.search.keeping import Keeper
from serving.search.replies import suggestions, titles
from serving.search.view import View
from serving.tagged import Told
from serving.taste.service import Asks

LIKE: Final = 100
"""Titles that are like one."""


class Searches:
    """The use cases of this room.

    Parameters
    ----------
    keeper : Keeper
    metrics : Metrics
    who : callable
        Finds out who asks.
    where : callable
        Finds out as much of it as decides what may be shown: completions come with every letter.
    """

    def __init__(
        self,
        keeper: Keeper,
        metrics: Metrics,
        who: Callable[[AskedToSearch], Asks],
        where: Callable[[AskedToSearch], Asks],
    ) -> None:
        self._keeper, self._metrics = keeper, metrics
        self._who, self._where = who, where

    def answer(self, asked: AskedToSearch) -> Told[SearchAnswer]:
        """Return what was found, or what the question may be going to be.

        Raises
        ------
        NoCatalogError
            If there is nothing to search in.
        NoIndexError
            If the first index is not made yet.
        """
        view = self._keeper.view()
        asker = self._where(asked) if asked.suggest else self._who(asked)
        shown, speech = view.shown(asker.context), view.replica.speech(asker.languages)
        narrowed(asked, view, shown)
        if asked.suggest:
            found = Completer(view.index, shown, view.popular).complete(asked.q, asked.limit)
            said = suggestions(found, view, words(asked.q), speech.tags)
            whole = self._empty(asked, view, asker).model_copy(update={"suggestions": said})
            return Told(whole, speech.language)
        taste, alike = _taste(view, asker), _alike(view, asker.context)
        answer = Finder(view.index, shown, view.popular, taste, alike).find(asked.q)
        told = {
            "understood": [
                UnderstoodPart(kind=part.kind, value=part.value) for part in answer.reading.parts
            ],
            "total": len(answer.places),
            "more": answer.more,
            "items": titles(answer, view, asked.limit, speech.tags),
            "facets": _counted(answer, view, speech.words),
        }
        whole = self._empty(asked, view, asker).model_copy(update=told)
        return Told(whole, speech.language)

    def _empty(self, asked: AskedToSearch, view: View, asker: Asks) -> SearchAnswer:
        old = ("index",) if view.stale else ()
        return SearchAnswer(
            recommendation_id=uuid.uuid4().hex,
            bundle_id=view.replica.bundle_id,
            degraded=self._missing(view.replica.missing + asker.degraded + old),
            query=asked.q,
            understood=[],
            total=0,
            more=False,
            items=[],
            facets=Facets(),
            suggestions=[],
        )

    def _missing(self, degraded: Iterable[str]) -> list[str]:
        missing = sorted(set(degraded))
        for rung in missing:
            self._metrics.degraded.labels(rung).inc()
        return missing


def narrowed(asked: AskedToSearch, view: View, shown: NDArray[np.bool_]) -> None:
    """Take from what may be shown the titles, and the episodes, that are not of the facets asked for."""
    index = view.index
    entries, n_titles = index.entries, index.entries.n_titles
    wanted = np.ones(n_titles, bool)
    if asked.genre is not None:
        row = index.lexicon.row("genre", folded(asked.genre))
        held = np.zeros(n_titles, bool)
        held[[] if row is None else index.lexicon.titles(row)] = True
        wanted &= held
    if asked.decade is not None:
        wanted &= entries.years[:n_titles] // 10 * 10 == asked.decade
    if asked.type is not None:
        wanted &= entries.types[:n_titles] == TYPES.index(asked.type)
    if asked.maturity is not None:
        wanted &= view.rights.ages[:n_titles] == MATURITY_AGES[asked.maturity]
    shown[:n_titles] &= wanted


def _taste(view: View, asker: Asks) -> Callable[[NDArray[np.int64]], NDArray[np.float32]]:
    """Return what gives titles' likeness in genres to what the asker watched, in [0, 1]."""
    replica = view.replica
    history = asker.wishes.history(asker.engagement, replica, asker.context).known()
    shares = replica.facts.genres.shares
    mass = replica.facts.genres.mass(history.titles, history.weights)

    def taste(places: NDArray[np.int64]) -> NDArray[np.float32]:
        fits = np.zeros(len(places), np.float32)
        if not mass.any():
            return fits
        internal = view.internal[places]
        known = internal != UNKNOWN
        fits[known] = shares[internal[known]] @ mass
        return fits / max(float(fits.max(initial=0)), 1e-9)

    return taste


def _alike(
    view: View, context: Context
) -> Callable[[str], tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Return what gives titles like one, in their order, from 1 downwards."""
    recommender = view.replica.recommender

    def alike(title_id: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        given = recommender.titles.ids.internal([title_id])
        if given[0] == UNKNOWN:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        found = recommender.similar(given, context, LIKE)
        places = view.places(found.ids[0][found.sources[0] == "similar"])
        places = places[places != UNKNOWN]
        return places, np.linspace(1, 0.5, len(places), dtype=np.float32)

    return alike


def _counted(found: Found, view: View, labels: Words) -> Facets:
    counts = facets(view.index, found.places, view.rights.ages[found.places])
    return Facets(
        **{
            kind: [
                FacetCount(
                    value=one.value,
                    label=labels.genre(one.value) if kind == "genre" else one.value,
                    count=one.titles,
                )
                for one in values
            ]
            for kind, values in counts.items()
        }
    )

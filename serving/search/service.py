"""Searches: finds and completes for who asks, within what may be shown, and says what was missing."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from recsys.context import Context
from recsys.ids import UNKNOWN
from recsys.page.speech import Speech
from recsys.page.words import Words
from recsys.schema import MATURITY_AGES
from recsys.search.complete import Completer
from recsys.search.entries import TYPES
from recsys.search.facets import facets
from recsys.search.find import Finder, Found
from recsys.search.folding import folded, words
from serving.metrics import Metrics
from serving.redis_answers import Made
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
from serving.shared_cache import Question, SharedCache
from serving.tagged import Kept, Told
from serving.taste.service import Asks

LIKE: Final = 100
"""Titles that are like one."""
SECONDS: Final = 300.0
"""For how long an answer is kept at most."""
_NO_ID: Final = 32 * "0"
"""Stands first in an answer until it is sent."""
_ANSWER: Final = TypeAdapter(SearchAnswer)
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "understood": [],
        "total": 0,
        "more": False,
        "items": [],
        "facets": Facets(),
        "suggestions": [],
    }
)
NARROWING: Final = {"genre", "decade", "type", "maturity"}


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
    cache : SharedCache
        Of answers in which nothing is anybody's own.
    """

    def __init__(
        self,
        keeper: Keeper,
        metrics: Metrics,
        who: Callable[[AskedToSearch], Asks],
        where: Callable[[AskedToSearch], Asks],
        cache: SharedCache,
    ) -> None:
        self._keeper, self._metrics = keeper, metrics
        self._who, self._where = who, where
        self._cache = cache
        # One answer at a time: who waits for a turn is answered sooner than who shares the interpreter with all others.
        self._turn = threading.Lock()

    def at_hand(self, asked: AskedToSearch) -> Told[bytes] | None:
        """Return the answer to nobody in particular, if it was made before and still holds."""
        view = self._keeper.at_hand
        if view is None or asked.viewer_id is not None:
            return None
        speech = view.replica.speech(asked.reads())
        question = _question(asked, view, asked.region or "", asked.maximum_age, speech)
        kept = self._cache.look(question)
        return None if kept is None else _told(kept)

    def body(self, asked: AskedToSearch) -> Told[bytes]:
        """Return what was found, or what the question may be going to be, as it is sent.

        Raises
        ------
        NoCatalogError
            If there is nothing to search in.
        NoIndexError
            If the first index is not made yet.
        """
        view = self._keeper.view()
        asker = self._where(asked) if asked.suggest else self._who(asked)
        speech = view.replica.speech(asker.languages)
        degraded = self._missing(view, asker)
        if degraded or len(asker.engagement.title_ids):
            made = self._made(asked, view, asker, speech, degraded)
            return Told(_headed(made), speech.language)
        context = asker.context

        def make() -> Made:
            made = self._made(asked, view, asker, speech, degraded)
            return made, min(view.rights.lasts(context.now), SECONDS)

        question = _question(asked, view, context.region, context.maximum_age, speech)
        return _told(self._cache.get(question, make, speech.language))

    def _made(
        self, asked: AskedToSearch, view: View, asker: Asks, speech: Speech, degraded: list[str]
    ) -> bytes:
        with self._turn:
            answer = _completed if asked.suggest else _found
            told = answer(asked, view, asker, speech)
        said: dict[str, Any] = {
            "recommendation_id": _NO_ID,
            "bundle_id": view.replica.bundle_id,
            "degraded": degraded,
            "query": asked.q,
            **_NOTHING,
            **told,
        }
        # Not validated: it is our own, and takes longer to check than to complete a question.
        whole = SearchAnswer.model_construct(**said)
        return _ANSWER.dump_json(whole, by_alias=True)

    def _missing(self, view: View, asker: Asks) -> list[str]:
        old = ("index",) if view.stale else ()
        missing = sorted({*view.replica.missing, *asker.degraded, *old})
        for rung in missing:
            self._metrics.degraded.labels(rung).inc()
        return missing


def _question(
    asked: AskedToSearch, view: View, region: str, maximum_age: int | None, speech: Speech
) -> Question:
    """Return all that an answer to nobody in particular depends on."""
    narrow = (asked.genre, asked.decade, asked.type, asked.maturity)
    reads = (speech.tags, speech.words.language)
    return view.mark, region, maximum_age, reads, asked.suggest, asked.limit, asked.q, narrow


def _told(kept: Kept) -> Told[bytes]:
    return Told(_headed(kept.body), kept.language)


def _headed(answer: bytes) -> bytes:
    """Return an answer with an id of its own: one that is kept is given to many."""
    return answer.replace(_NO_ID.encode(), uuid.uuid4().hex.encode(), 1)


def _completed(asked: AskedToSearch, view: View, asker: Asks, speech: Speech) -> dict[str, Any]:
    shown = narrowed(asked, view, view.shown(asker.context))
    found = Completer(view.index, shown, view.popular).complete(asked.q, asked.limit)
    return {"suggestions": suggestions(found, view, words(asked.q), speech.tags)}


def _found(asked: AskedToSearch, view: View, asker: Asks, speech: Speech) -> dict[str, Any]:
    shown = narrowed(asked, view, view.shown(asker.context))
    taste, alike = _taste(view, asker), _alike(view, asker.context)
    found = Finder(view.index, shown, view.popular, taste, alike).find(asked.q)
    return {
        "understood": [
            UnderstoodPart(kind=part.kind, value=part.value) for part in found.reading.parts
        ],
        "total": len(found.places),
        "more": found.more,
        "items": titles(found, view, asked.limit, speech.tags),
        "facets": _counted(found, view, speech.words),
    }


def narrowed(asked: AskedToSearch, view: View, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what may be shown without the titles, and the episodes, that are not of the facets asked for."""
    if not asked.model_fields_set & NARROWING:
        return shown
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
    return np.concatenate([shown[:n_titles] & wanted, shown[n_titles:]])


def _taste(view: View, asker: Asks) -> Callable[[NDArray[np.int64]], NDArray[np.float32]]:
    """Return what gives titles' likeness in genres to what the asker watched, in [0, 1]."""
    if not len(asker.engagement.title_ids):
        return lambda places: np.zeros(len(places), np.float32)
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

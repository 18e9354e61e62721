"""Recommends: asks the champion for who asks, and says what was missing."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

import numpy as np

from features.interactions import Engagement
from recsys.context import Context
from recsys.errors import UnknownTitleError
from recsys.ids import UNKNOWN
from recsys.interactions import Histories
from recsys.page.home import one
from recsys.page.onboarding import POOL, to_pick
from recsys.page.ranked import Ranked
from recsys.ranking.answers import SOURCES
from recsys.ranking.answers import Recommendations as Ranking
from recsys.ranking.recommender import Recommender
from recsys.ranking.relevance import GROUND, none, relevant
from serving.bundles import Champion
from serving.catalog_only import CatalogOnly
from serving.database import Database
from serving.hurried import Hurried
from serving.metrics import Metrics
from serving.recommendations.contracts import (
    Asked,
    AskedForPicks,
    AskedForSimilar,
    AskedForTitles,
    Home,
    Listed,
)
from serving.recommendations.explaining import explained
from serving.recommendations.explanation import AskedWhy, Explained
from serving.recommendations.leanings import leaning
from serving.recommendations.making import Made, make
from serving.recommendations.narrowing import wanted
from serving.recommendations.replies import items
from serving.recommendations.scrolling import resumed
from serving.recommendations.store import NOBODY
from serving.recommendations.viewers import Asker, Viewers, guest
from serving.refusals import NoCatalogError
from serving.replica import Replica
from serving.tagged import Told

NEAR: Final = 4
"""Titles like one that are looked at for each that is answered."""


class Recommendations:
    """The use cases of this room.

    Parameters
    ----------
    champion : Champion
    database : Database
    viewers : Viewers
    metrics : Metrics
    note : callable
        Told of every page that a viewer gets.
    deadline : float
        Seconds after which a page is sent with what is there.
    """

    def __init__(
        self,
        champion: Champion,
        database: Database,
        viewers: Viewers,
        metrics: Metrics,
        note: Callable[[Made], None],
        *,
        deadline: float,
    ) -> None:
        self._champion, self._database = champion, database
        self._viewers, self._metrics, self._note = viewers, metrics, note
        self._deadline = deadline
        self._threads = ThreadPoolExecutor(thread_name_prefix="page")
        # One page at a time: who waits for a turn is answered sooner than who shares the interpreter with all others.
        self._turn = threading.Lock()

    def home(self, asked: Asked) -> Made:
        """Return a viewer's homepage, with what it was made from.

        Raises
        ------
        NoCatalogError
            If there is nothing at all to answer from; so do the others.
        """
        return self._noted(asked, self._deadline)

    def home_at_leisure(self, asked: Asked) -> Home:
        """Return a viewer's homepage for which nobody waits, whole however long it takes."""
        return self._noted(asked, threading.TIMEOUT_MAX).page

    def guest_home(
        self, asked: Asked, engagement: Engagement, opened: tuple[str, ...]
    ) -> Told[Home]:
        """Return the homepage of somebody of whom nothing is known but this engagement, and what was opened."""
        made = self._made(asked, guest(asked, engagement, opened), self._deadline)
        return Told(made.page, made.language)

    def _noted(self, asked: Asked, seconds: float) -> Made:
        made = self._made(asked, self._viewers.who(asked, self._database), seconds)
        self._note(made)
        return made

    def _made(self, asked: Asked, asker: Asker, seconds: float) -> Made:
        until = time.monotonic() + seconds
        with self._turn:
            replica, recommendation_id = self._replica(), uuid.uuid4()
            recommender = Hurried(leaning(replica, asker), self._threads, until)
            page = make(recommender, replica, asked, asker, recommendation_id)
        self._missing(page.degraded)
        return Made(recommendation_id, asked, asker, replica, page)

    def resumed(self, asked: Asked, left: dict[str, Any]) -> Told[Home]:
        """Return what a cursor held, as far as the viewer may still be shown it."""
        replica = self._replica()
        asker = self._viewers.who(asked, self._database)
        speech = replica.speech(asker.languages)
        page = resumed(left, replica, asker.context, speech)
        missing = self._missing(replica.missing + asker.degraded)
        return Told(page.model_copy(update={"degraded": missing}), speech.language)

    def titles(self, asked: AskedForTitles) -> Told[Listed]:
        """Return one algorithm's best titles for a viewer."""
        replica, asker = self._replica(), self._viewers.who(asked, self._database)
        history = _history(replica, asker)
        recommender = _narrowed(leaning(replica, asker), replica, asked, asker)
        answer = recommender.recommend(
            history, asker.context, asked.limit, algorithm=asked.algorithm
        )
        least, ground = asked.min_relevance, GROUND.get(asked.algorithm, 0.0)
        # Whatever a model answers to one of whom nothing is known, it is not about them.
        answer = (
            relevant(answer, least, ground) if len(history.known().titles) else none(answer, least)
        )
        return self._listed(answer, replica, asker)

    def similar(self, content_id: str, asked: AskedForSimilar) -> Told[Listed]:
        """Return the titles most like one; of one that came after the bundle, what many watch.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it.
        """
        replica, asker = self._replica(), self._viewers.who(asked, self._database)
        internal = replica.internal(content_id, "contentId")
        narrow = _narrowed(replica.recommender, replica, asked, asker)
        if internal == UNKNOWN:
            popular = narrow.popular(asker.context, asked.limit)
            answer = replace(popular, degraded=(*popular.degraded, "similar"))
            return self._listed(none(answer, asked.min_relevance), replica, asker)
        answer = narrow.similar(np.array([internal], np.int32), asker.context, asked.limit)
        return self._listed(relevant(answer, asked.min_relevance), replica, asker)

    def around(
        self, content_id: str, asked: AskedForSimilar, check: Callable[[Context], None]
    ) -> Told[Listed]:
        """Return titles like one, those first that the viewer is likeliest to watch.

        Parameters
        ----------
        content_id : str
        asked : AskedForSimilar
        check : callable
            Refuses the title if it may not be shown in a context.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it, or the viewer may not be shown it.
        """
        replica, asker = self._replica(), self._viewers.who(asked, self._database)
        check(asker.context)
        internal = replica.internal(content_id, "contentId")
        history = _history(replica, asker)
        if internal == UNKNOWN or not len(history.known().titles):
            return self.similar(content_id, asked)
        narrow = _narrowed(leaning(replica, asker), replica, asked, asker)
        title = np.array([internal], np.int32)
        near = relevant(
            narrow.similar(title, asker.context, NEAR * asked.limit), asked.min_relevance
        )
        like = np.zeros(len(replica.recommender.titles), bool)
        like[near.ids[near.ids != UNKNOWN]] = True
        answer = narrow.only(like).recommend(history, asker.context, asked.limit)
        return self._listed(answer, replica, asker)

    def similar_at_hand(self, content_id: str, asked: AskedForSimilar) -> Told[Listed] | None:
        """Return the answer of ``similar`` to nobody in particular, or None if it would have to be looked for."""
        replica = self._champion.current
        if replica is None or content_id not in replica.title_ids:
            return None
        internal = replica.internal(content_id, "contentId")
        asker = guest(asked, NOBODY.engagement, ())
        found = replica.recommender.at_hand(internal, asker.context, asked.limit)
        if found is None:
            return None
        titles = Ranked(found.ids, found.scores, SOURCES[found.alike.astype(np.int8)])
        return self._sent(titles, (), replica, asker)

    def to_pick(self, asked: AskedForPicks) -> Told[Listed]:
        """Return titles that a newcomer may pick, to say what to like; none of them watched."""
        replica, asker = self._replica(), self._viewers.who(asked, self._database)
        history = _history(replica, asker).known()
        narrow = _narrowed(replica.recommender, replica, asked, asker)
        popular = narrow.popular(asker.context, POOL + len(history.titles))
        crowd = one(popular, 0)
        unseen = crowd.take(~np.isin(crowd.ids, history.titles))
        picks = to_pick(unseen, replica.facts, asked.limit)
        return self._sent(picks, popular.degraded, replica, asker)

    def explain(self, asked: AskedWhy) -> Told[Explained]:
        """Return why a title has its place for a viewer.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it, or the viewer may not be shown it.
        """
        replica, asker = self._replica(), self._viewers.who(asked, self._database)
        why = explained(asked, replica, asker, _history(replica, asker))
        told = why.model_copy(update={"degraded": self._missing(tuple(why.degraded))})
        return Told(told, replica.speech(asker.languages).language)

    def check_titles(self, fields: Mapping[str, str | None]) -> None:
        """Refuse titles that the catalog does not hold; without a catalog nothing is refused.

        Raises
        ------
        UnknownTitleError
            Naming the field of the first.
        """
        try:
            known = self._replica().title_ids
        except NoCatalogError:
            return
        for field, title_id in fields.items():
            if title_id is not None and title_id not in known:
                raise UnknownTitleError(
                    expected="a title of the catalog", got=title_id, where=field
                )

    def _listed(self, answer: Ranking, replica: Replica, asker: Asker) -> Told[Listed]:
        return self._sent(one(answer, 0), answer.degraded, replica, asker)

    def _sent(
        self, titles: Ranked, degraded: tuple[str, ...], replica: Replica, asker: Asker
    ) -> Told[Listed]:
        speech = replica.speech(asker.languages)
        # Not validated: it is our own, and hundreds of titles take longer to check than to find.
        answer = Listed.model_construct(
            recommendation_id=uuid.uuid4().hex,
            bundle_id=replica.bundle_id,
            degraded=self._missing(replica.missing + degraded + asker.degraded),
            items=items(titles, replica, speech),
        )
        return Told(answer, speech.language)

    def _replica(self) -> Replica:
        if (current := self._champion.current) is None:
            raise NoCatalogError.now()
        return current

    def _missing(self, degraded: Iterable[str]) -> list[str]:
        missing = sorted(set(degraded))
        for rung in missing:
            self._metrics.degraded.labels(rung).inc()
        return missing


def _narrowed(
    recommender: Recommender | CatalogOnly, replica: Replica, asked: Asked, asker: Asker
) -> Recommender | CatalogOnly:
    mask = wanted(asked, replica, asker)
    return recommender if mask is None else recommender.only(mask)


def _history(replica: Replica, asker: Asker) -> Histories:
    return asker.wishes.history(asker.engagement, replica, asker.context)

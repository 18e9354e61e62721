"""Tells of the catalog: made once for everybody of one place and age, and only what may be shown there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import BaseModel

from recsys.context import Context
from recsys.errors import CursorError, UnknownTitleError
from recsys.page.speech import Speech
from recsys.privacy.release import Release
from recsys.schema import TitleType
from serving.bundles import Champion
from serving.catalog.contracts import (
    AskedForNew,
    AskedForTrending,
    AskedOfCatalog,
    Categories,
    Content,
    NewReleases,
    Noise,
    Trending,
    TrendingItem,
)
from serving.catalog.shelf import Shelf, windows
from serving.catalog.telling import Position, categories, content, new_releases, popularity_order
from serving.catalog.trending import PERIOD, PERIODS, Recent, until_next
from serving.cursors import Cursors
from serving.database import DatabaseDownError
from serving.digests import joined
from serving.redis_answers import Made
from serving.refusals import NoCatalogError
from serving.shared_cache import Question, SharedCache
from serving.tagged import Kept
from serving.taste.service import Asks

LASTS: Final = 60.0
"""Seconds for which an answer is kept at most: what is new goes on changing."""
SOON: Final = 1.0
"""Seconds for which one is kept that lacks a part."""
FORM: Final = joined(
    *(str(one.model_json_schema()) for one in (Content, Categories, NewReleases, Trending))
)
"""Of answers: replicas of another release, which write others, share none with this one."""


class Contents:
    """The use cases of this room.

    Parameters
    ----------
    champion : Champion
    artwork : Path
        The folder of posters.
    who : callable
        Finds out who asks.
    recent : Recent
    cache : SharedCache
    cursors : Cursors
    """

    def __init__(
        self,
        champion: Champion,
        artwork: Path,
        who: Callable[[AskedOfCatalog], Asks],
        recent: Recent,
        *,
        cache: SharedCache,
        cursors: Cursors,
    ) -> None:
        self._champion, self._artwork, self._who = champion, artwork, who
        self._recent, self._cache, self._cursors = recent, cache, cursors
        self._shelf: Shelf | None = None
        self._lock = threading.Lock()

    def content(self, title_id: str, asked: AskedOfCatalog) -> Kept:
        """Return a title with all that is known of it.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold it, or the viewer may not be shown it: which of both is not told.
        NoCatalogError
            If there is nothing at all to tell of; so do the others.
        """
        shelf, context, speech = self._asked_by(asked)
        make = partial(_content, shelf, context, title_id, speech.tags)
        return self._kept(shelf, context, speech, ("content", title_id), make)

    def check_shown(self, title_id: str, context: Context) -> None:
        """Refuse a title that a context may not be shown, as one that is not there.

        Raises
        ------
        UnknownTitleError
        """
        if not self._shelf_of_now().allows(title_id, context):
            raise _unknown(title_id)

    def categories(self, asked: AskedOfCatalog) -> Kept:
        """Return the types and genres that there are to watch."""
        shelf, context, speech = self._asked_by(asked)

        def make() -> Made:
            return _written(categories(shelf, context, speech.words)), shelf.lasts(
                context.now, LASTS
            )

        # What genres are called is declared, and the same catalog may be told under other words.
        question = ("categories", shelf.replica.versions.policy)
        return self._kept(shelf, context, speech, question, make)

    def new_releases(self, asked: AskedForNew) -> Kept:
        """Return what is new, or what follows.

        Raises
        ------
        CursorError
            If the cursor is none of ours, of another order, or too old.
        """
        shelf, context, speech = self._asked_by(asked)
        after = None if asked.cursor is None else self._position(asked)

        def make() -> Made:
            told = new_releases(
                shelf, context, asked, after, cursors=self._cursors, tags=speech.tags
            )
            return _written(told), shelf.lasts(context.now, LASTS)

        return self._kept(shelf, context, speech, ("new", asked.by, asked.limit, after), make)

    def trending(self, asked: AskedForTrending) -> Kept:
        """Return what many watch."""
        shelf, context, speech = self._asked_by(asked)

        def make() -> Made:
            told = self._trending(shelf, context, asked.limit, speech.tags)
            lasts = SOON if told.degraded else min(LASTS, until_next(context.now))
            return _written(told), shelf.lasts(context.now, lasts)

        how = self._recent.how
        noise = (str(how.epsilon), how.most_each, how.minimum)
        return self._kept(shelf, context, speech, ("trending", asked.limit, noise), make)

    def _trending(
        self, shelf: Shelf, context: Context, limit: int, tags: Sequence[str]
    ) -> Trending:
        degraded = []
        try:
            counts = self._recent.counts(shelf, context.region, context.now)
        except DatabaseDownError:
            counts, degraded = {}, ["recent"]
        shown = np.flatnonzero(shelf.rights.allowed(context))
        scores = np.zeros(len(shelf.titles), np.float64)
        rows = shelf.titles.ids.internal(list(counts))
        for row, (score, _) in zip(rows, counts.values(), strict=True):
            scores[row] = score if row >= 0 else scores[row]
        popular = popularity_order(shelf, shown)
        order = popular[np.argsort(-scores[popular], kind="stable")][:limit]
        watched = shelf.replica.recommender.popularity
        known = shelf.replica.recommender.titles.ids.internal(
            shelf.titles.ids.values[order].tolist()
        )
        items = []
        for card, inside in zip(shelf.cards(order, tags), known, strict=True):
            viewers = counts.get(card.content_id, (0.0, 0))[1]
            source = "popularity" if inside >= 0 and watched[inside] > 0 else "catalog"
            items.append(
                TrendingItem(
                    **card.model_dump(),
                    source="recent" if viewers else source,  # type: ignore[arg-type]
                    viewers=viewers or None,
                )
            )
        return Trending(
            region=context.region or None,
            items=items,
            noise=_noise(self._recent.how),
            degraded=degraded,
        )

    def _position(self, asked: AskedForNew) -> Position:
        left = self._cursors.open("", asked.cursor or "")
        if left["by"] != asked.by:
            raise CursorError(expected=f"a cursor of {left['by']}", got=asked.by, where="cursor")
        first, second, title_id = left["after"]
        return first, second, title_id

    def _asked_by(self, asked: AskedOfCatalog) -> tuple[Shelf, Context, Speech]:
        """Return what there is to tell of, to whom, and in which language."""
        shelf, asker = self._shelf_of_now(), self._who(asked)
        return shelf, asker.context, shelf.replica.speech(asker.languages)

    def _kept(
        self,
        shelf: Shelf,
        context: Context,
        speech: Speech,
        asked: Question,
        make: Callable[[], Made],
    ) -> Kept:
        reads = (speech.tags, speech.words.language, speech.original)
        key = (FORM, shelf.digest, context.region, context.maximum_age, reads, *asked)
        return self._cache.get(key, make, speech.language)

    def _shelf_of_now(self) -> Shelf:
        replica = self._champion.current
        if replica is None:
            raise NoCatalogError.now()
        shelf = self._shelf
        if shelf is not None and shelf.replica is replica:
            return shelf
        with self._lock:
            if self._shelf is None or self._shelf.replica is not replica:
                self._shelf = Shelf.of(replica, self._artwork)
            return self._shelf


def _content(shelf: Shelf, context: Context, title_id: str, tags: Sequence[str]) -> Made:
    if not shelf.allows(title_id, context) or (row := shelf.row(title_id)) is None:
        raise _unknown(title_id)
    series, episodes = None, []
    if row["title_type"] == TitleType.EPISODE:
        series = shelf.row(row["series_id"])
    elif row["title_type"] == TitleType.SERIES:
        episodes = shelf.episodes(title_id, context)
    told = content(row, episodes, series, shelf, context=context, tags=tags)
    rows = [row, *episodes, *([series] if series else [])]
    return _written(told), min(LASTS, *(windows(one, context.now) for one in rows))


def _unknown(title_id: str) -> UnknownTitleError:
    return UnknownTitleError(expected="a title of the catalog", got=title_id, where="contentId")


def _written(told: BaseModel) -> bytes:
    return told.model_dump_json(by_alias=True).encode()


def _noise(how: Release) -> Noise:
    return Noise(
        epsilon=float(how.epsilon),
        period_hours=PERIOD // timedelta(hours=1),
        periods=PERIODS,
        titles_each=how.most_each,
        minimum=how.minimum,
    )

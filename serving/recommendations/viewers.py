"""Who asks: what a request says of the viewer, and what is known, with the stricter limit of both."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from features.interactions import Engagement
from recsys.context import Context
from recsys.page.resuming import Watched
from serving.database import Database, DatabaseDownError
from serving.recommendations import store
from serving.recommendations.contracts import Asked
from serving.recommendations.ingested import IngestedLimits
from serving.taste.wishes import NONE, Wishes

LIMITS_SECONDS = 60.0
"""How often the viewers' limits are copied as a whole, which are used while the database is gone."""
OVERLAP_SECONDS = 20.0
"""How far back is looked, every time that it is asked, for those that changed: a commit may be seen late."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The viewer of one request."""

    context: Context
    engagement: Engagement
    degraded: tuple[str, ...]
    wishes: Wishes = NONE
    shown: Mapping[str, float] = field(default_factory=dict)
    """How often each title was shown, by id, long ago counting less."""
    opened: tuple[str, ...] = ()
    """Titles whose details were opened in this session, the latest first."""
    watched: tuple[Watched, ...] = ()
    """What was watched in which sitting, of late, in the order of time."""
    languages: tuple[str, ...] = ()
    """Those that are wanted with the wider ones of each, the most wanted first."""


class Viewers:
    """Finds out who asks, with or without the database.

    Parameters
    ----------
    ingested : Path
        The file of viewers that the database is filled from.
    """

    def __init__(self, ingested: Path) -> None:
        self._ingested = IngestedLimits(ingested)
        self._limits: dict[str, int | None] | None = None
        self._read_at = -LIMITS_SECONDS

    def remember(self, database: Database) -> None:
        """Copy the viewers' limits now and then, and those that changed at once, so that they hold without the database."""
        if self._limits is None or time.monotonic() - self._read_at >= LIMITS_SECONDS:
            self._limits = dict(store.limits(database))
            self._read_at = time.monotonic()
        if changed := store.changed_limits(database, OVERLAP_SECONDS):
            self._limits = {
                **self._limits,
                **changed,
            }  # another: somebody may be looking through this one

    def who(self, asked: Asked, database: Database) -> Asker:
        """Return the viewer that a request speaks of; an unknown one has no history and no limit."""
        return self._read(asked, database, store.read)

    def taste(self, asked: Asked, database: Database) -> Asker:
        """Return the same as far as it tells what the viewer likes: nothing of what was shown or opened."""
        return self._read(asked, database, store.read_taste)

    def where(self, asked: Asked, database: Database) -> Asker:
        """Return the same as far as it decides what may be shown: nothing of what was done."""
        return self._read(asked, database, store.read_place)

    def _read(
        self, asked: Asked, database: Database, read: Callable[[Database, str], store.Known]
    ) -> Asker:
        known: store.Known = store.NOBODY
        degraded: tuple[str, ...] = ()
        if asked.viewer_id is not None:
            try:
                known = read(database, asked.viewer_id)
            except DatabaseDownError:
                known = store.Known("", self._limit(asked.viewer_id), known.engagement)
                degraded = ("history",)
        return _asker(asked, known, degraded)

    def _limit(self, viewer_id: str) -> int | None:
        """Return what holds while the database is gone; whoever is known to neither is a child."""
        limits = self._limits or {}
        if viewer_id in limits:
            return limits[viewer_id]
        known = any(age is not None for age in limits.values())
        return self._ingested.of(viewer_id, any_known=known)


def guest(asked: Asked, engagement: Engagement, opened: tuple[str, ...]) -> Asker:
    """Return somebody whom nobody knows, who did what is said and opened titles, the latest first."""
    return _asker(asked, replace(store.NOBODY, engagement=engagement, opened=opened), ())


def _asker(asked: Asked, known: store.Known, degraded: tuple[str, ...]) -> Asker:
    context = Context(
        now=datetime.now(UTC),
        region=asked.region or known.region,
        maximum_age=stricter(asked.maximum_age, known.maximum_age),
        device=asked.device_type or "",
    )
    return Asker(
        context,
        known.engagement,
        degraded,
        known.wishes,
        known.shown,
        known.opened,
        known.watched,
        asked.reads(known.languages),
    )


def stricter(one: int | None, other: int | None) -> int | None:
    """Return the lower of two limits of age, where there are any."""
    given = [age for age in (one, other) if age is not None]
    return min(given, default=None)

"""Who asks: what a request says of the viewer, and what is known, with the stricter limit of both."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from features.interactions import Engagement
from recsys.context import Context
from serving.database import Database, DatabaseDownError
from serving.recommendations import store
from serving.recommendations.contracts import Asked

LIMITS_SECONDS = 60.0
"""How old the copy of the viewers' limits may become that is used while the database is gone."""
CHILD = 0
"""The limit, in years, of a viewer whose own cannot be found out."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The viewer of one request."""

    context: Context
    engagement: Engagement
    degraded: tuple[str, ...]


class Viewers:
    """Finds out who asks, with or without the database."""

    def __init__(self) -> None:
        self._limits: dict[str, int] | None = None
        self._read_at = -LIMITS_SECONDS

    def remember(self, database: Database) -> None:
        """Copy the viewers' limits now and then, so that they hold when the database is gone."""
        if time.monotonic() - self._read_at >= LIMITS_SECONDS:
            self._limits = store.limits(database)
            self._read_at = time.monotonic()

    def who(self, asked: Asked, database: Database) -> Asker:
        """Return the viewer that a request speaks of; an unknown one has no history and no limit."""
        known: store.Known = store.NOBODY
        degraded: tuple[str, ...] = ()
        if asked.viewer_id is not None:
            try:
                known = store.read(database, asked.viewer_id)
            except DatabaseDownError:
                known = store.Known("", self._limit(asked.viewer_id), known.engagement)
                degraded = ("history",)
        context = Context(
            now=datetime.now(UTC),
            region=asked.region or known.region,
            device_type=asked.device_type or "",
            maximum_age=_stricter(asked.maximum_age, known.maximum_age),
        )
        return Asker(context, known.engagement, degraded)

    def _limit(self, viewer_id: str) -> int | None:
        # Never having seen the limits is no reason to show a child everything.
        return CHILD if self._limits is None else self._limits.get(viewer_id)


def _stricter(one: int | None, other: int | None) -> int | None:
    given = [age for age in (one, other) if age is not None]
    return min(given, default=None)

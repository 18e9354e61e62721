"""Writes down what pages were made from, and makes them again."""

from __future__ import annotations

import queue
import threading
import time
from typing import Final
from uuid import UUID

import structlog

from serving.bundles import Champion
from serving.database import Database, DatabaseDownError
from serving.problems import ReplayError, UnknownPageError
from serving.recommendations.leanings import leaning
from serving.recommendations.making import Made, make, tag_of, written
from serving.replay import store
from serving.replay.record import packed, unpacked
from serving.replica import Replica

log = structlog.get_logger()

PAUSE: Final = 0.2
"""Seconds between two writings."""
WAITING: Final = 20_000
"""Pages that wait to be written down; while the database is gone for longer, the others are not."""
AT_ONCE: Final = 500
OLD_SECONDS: Final = 3600.0
"""How often is looked for pages that are too old to be kept."""


class Replays:
    """Pages that can be made again.

    Parameters
    ----------
    champion : Champion
    database : Database
    days : float
        For how long; with 0 nothing is written down.
    """

    def __init__(self, champion: Champion, database: Database, days: float) -> None:
        self._champion, self._database, self._days = champion, database, days
        self._waiting: queue.Queue[Made] = queue.Queue(WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write_forever, name="replays", daemon=True)
        self._looked_at = -OLD_SECONDS

    def note(self, made: Made) -> None:
        """Remember a page, unless a part was missing: what was not there in time cannot be told later."""
        if self._days and not made.page.degraded and made.replica.bundle_id:
            try:
                self._waiting.put_nowait(made)
            except queue.Full:
                log.warning("replay.full", waiting=WAITING)

    def open(self) -> None:
        """Begin to write down what is noted."""
        self._thread.start()

    def close(self) -> None:
        """Write down the rest, and stop."""
        self._stopping.set()
        self._thread.join()

    def again(self, recommendation_id: UUID) -> bytes:
        """Return a page as it was made, whole.

        Raises
        ------
        UnknownPageError
            If it was not written down, or is no longer kept.
        ReplayError
            If what it was made with has changed since.
        DatabaseDownError
            If the database does not answer.
        """
        with self._database.reading() as connection:
            line = store.read(connection, recommendation_id)
        if line is None:
            raise UnknownPageError(
                expected=f"a whole page of the last {self._days:g} days",
                got=recommendation_id.hex,
                where="recommendationId",
            )
        replica = self._replica(line)
        asked, asker = unpacked(line.made_from)
        body = written(make(leaning(replica, asker), replica, asked, asker, line.recommendation_id))
        if (tag := tag_of(body)) != line.tag:
            raise _changed("code", line.tag, tag)
        return body

    def _replica(self, line: store.Line) -> Replica:
        replica = self._champion.with_bundle(line.bundle_id)
        if replica is None:
            raise _changed("bundle", line.bundle_id, "none of that id")
        for name in ("catalog", "policy"):
            then, now = getattr(line, name), getattr(replica.versions, name)
            if then != now:
                raise _changed(name, then, now)
        return replica

    def _write_forever(self) -> None:
        while not self._stopping.wait(PAUSE):
            self._write()
        self._write()

    def _write(self) -> None:
        """Write down all that waits; what the database does not take is lost, and only that."""
        while made := self._next():
            try:
                lines = [_line(one) for one in made]
                with self._database.transaction() as connection:
                    store.keep(connection, lines)
                    if self._is_due():
                        store.forget(connection, self._days)
            except DatabaseDownError:
                return  # it is found out and told elsewhere
            except Exception:
                log.exception("replay.lost", pages=len(made))

    def _next(self) -> list[Made]:
        return [self._waiting.get_nowait() for _ in range(min(self._waiting.qsize(), AT_ONCE))]

    def _is_due(self) -> bool:
        now = time.monotonic()
        due = now - self._looked_at >= OLD_SECONDS
        self._looked_at = now if due else self._looked_at
        return due


def _line(made: Made) -> store.Line:
    versions = made.replica.versions
    return store.Line(
        made.recommendation_id,
        made.asker.context.now,
        made.replica.bundle_id or "",
        versions.catalog,
        versions.policy,
        tag_of(written(made.page)),
        packed(made.asked, made.asker),
    )


def _changed(what: str, then: str, now: str) -> ReplayError:
    return ReplayError(expected=f"the {what} of then, {then}", got=now, where=what)

"""Writes down what pages were made from, and makes them again."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import Final
from uuid import UUID

import structlog

from serving.bundles import Champion
from serving.database import Database, DatabaseDownError
from serving.identity.contracts import Caller
from serving.recommendations.making import Made
from serving.recommendations.store import limit_of
from serving.refusals import UnknownPageError
from serving.replay import store
from serving.replay.earlier import Earlier
from serving.replay.lines import again, changed, line_of
from serving.replica import Replica
from serving.tagged import Told

log = structlog.get_logger()

PAUSE: Final = 0.2
"""Seconds between two writings."""
WAITING: Final = 2000
"""Pages that wait to be written down, 200 MB at most; while the database is gone for longer, the others are not."""
AT_ONCE: Final = 500
OLD_SECONDS: Final = 60.0
"""How often is looked for pages that are too old to be kept."""
OLD_AT_ONCE: Final = 5000
"""Of which so many are forgotten in one transaction, in a moment."""


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
        self._database, self._days = database, days
        self._earlier = Earlier(champion)
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

    def again(self, recommendation_id: UUID, caller: Caller) -> Told[bytes]:
        """Return a page as it was made, whole.

        Raises
        ------
        UnknownPageError
            If it was not written down, or is no longer kept, or is not the caller's to see.
        ReplayError
            If what it was made with has changed since, or it holds what may not be shown any more.
        BusyError
            If another page of an earlier bundle is being made.
        DatabaseDownError
            If the database does not answer.
        """
        with self._database.reading() as connection:
            line = store.read(connection, recommendation_id, self._days)
        if line is None or not _may_see(caller, line):
            raise UnknownPageError(
                expected=f"a whole page of the last {self._days:g} days",
                got=recommendation_id.hex,
                where="recommendationId",
            )
        with self._database.reading() as connection:
            limit = limit_of(connection, line.viewer_id)
        return again(line, self._replica(line), limit)

    def _replica(self, line: store.Line) -> Replica:
        replica = self._earlier.replica(line.bundle_id)
        if replica is None:
            raise changed("bundle", line.bundle_id, "none of that id")
        for name in ("catalog", "policy"):
            then, now = getattr(line, name), getattr(replica.versions, name)
            if then != now:
                raise changed(name, then, now)
        return replica

    def _write_forever(self) -> None:
        while not self._stopping.wait(PAUSE):
            self._write()
            self._earlier.tend()
        self._write()

    def _write(self) -> None:
        """Write down all that waits; what the database does not take is lost, and only that."""
        try:
            while self._database.up and (lines := list(self._lines())):
                with self._database.transaction() as connection:
                    store.keep(connection, lines)
            self._forget_old()
        except DatabaseDownError:
            pass  # it is found out and told elsewhere
        except Exception:
            log.exception("replay.lost")

    def _lines(self) -> Iterator[store.Line]:
        for _ in range(min(self._waiting.qsize(), AT_ONCE)):
            made = self._waiting.get_nowait()
            try:
                yield line_of(made)
            except (
                TypeError,
                ValueError,
            ):  # one that cannot be written must not take others with it
                log.exception("replay.unwritten", page=made.recommendation_id.hex)

    def _forget_old(self) -> None:
        if not self._database.up or time.monotonic() - self._looked_at < OLD_SECONDS:
            return
        with self._database.transaction() as connection:
            forgotten = store.forget(connection, self._days, OLD_AT_ONCE)
        if forgotten < OLD_AT_ONCE:
            self._looked_at = time.monotonic()


def _may_see(caller: Caller, line: store.Line) -> bool:
    """Return whether a page is the caller's; one of nobody in particular is a backend's."""
    return caller.for_anyone or (line.viewer_id is not None and caller.may_be(line.viewer_id))

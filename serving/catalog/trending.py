"""What many watch now: counts of the last hours that tell of nobody, and what the bundle knows.

Each period is counted once, by its events' arrival, and kept with its noise. So whoever asks a thousand times, or asks
another replica, gets the same noise, which no averaging takes away; and an event is in one period alone.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from recsys.privacy.release import Release, released
from serving.catalog import store
from serving.catalog.shelf import Shelf
from serving.database import Connection, Database

log = structlog.get_logger()

PERIOD: Final = timedelta(hours=3)
PERIODS: Final = 8
"""That are looked at: a day."""
HALF_LIFE: Final = 2.0
"""Periods after which a viewer counts half."""
LAG: Final = timedelta(minutes=1)
"""How long after its end a period is counted, so that what arrived in it is to be seen."""

Counts = dict[str, tuple[float, int]]
"""By title: viewers, those of long ago counting less; and all of them."""


class Recent:
    """Viewers of the last hours.

    Parameters
    ----------
    database : Database
    how : Release
        What one period may tell.
    """

    def __init__(self, database: Database, how: Release) -> None:
        self._database, self.how = database, how

    def counts(self, shelf: Shelf, region: str, now: datetime) -> Counts:
        """Return what was watched in a region, or anywhere.

        Raises
        ------
        DatabaseDownError
            If the database does not answer.
        """
        periods = periods_at(now)
        with self._database.reading() as connection:
            due = store.missing(connection, periods)
        if due:
            self._count(due, shelf)
        with self._database.reading() as connection:
            rows = store.read(connection, periods, region)
        found: Counts = {}
        for title, begins, viewers in rows:
            weight = 0.5 ** ((periods[0] - begins) / PERIOD / HALF_LIFE)
            score, total = found.get(title, (0.0, 0))
            found[title] = (score + weight * viewers, total + viewers)
        return found

    def _count(self, due: list[datetime], shelf: Shelf) -> None:
        started = time.perf_counter()
        titles, how = shelf.titles.ids.values.tolist(), self.how

        def count(connection: Connection) -> None:
            store.alone(connection)
            for begins in store.missing(connection, due):
                counts = store.counted(connection, begins, begins + PERIOD, how.most_each)
                told = {
                    region: released(counts.get(region, {}), titles, how)
                    for region in store.regions(connection)
                }
                store.keep(connection, begins, told, begins - 2 * PERIODS * PERIOD)

        self._database.retried(count)
        log.info("trending.counted", periods=len(due), seconds=time.perf_counter() - started)


def periods_at(now: datetime) -> list[datetime]:
    """Return the beginnings of the periods that are over, the last first."""
    over = (now - LAG).astimezone(UTC)
    day = over.replace(hour=0, minute=0, second=0, microsecond=0)
    running = day + (over - day) // PERIOD * PERIOD
    return [running - (at + 1) * PERIOD for at in range(PERIODS)]


def until_next(now: datetime) -> float:
    """Return for how many seconds no other period is over."""
    return (periods_at(now)[0] + 2 * PERIOD + LAG - now).total_seconds()

"""The partitions of the table ``event``: one a day, made ahead and on demand, one replica at a time."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from serving.database import Connection, Database

LOCK: Final = 7_203_943
"""Key of the advisory lock under which one replica makes what all would."""

_DAY: Final = timedelta(days=1)
_BOUNDS: Final = """
SELECT child.relname, pg_get_expr(child.relpartbound, child.oid)
FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
WHERE inhparent = 'event'::regclass
"""
_UNTIL: Final = re.compile(r"FROM \(MINVALUE\) TO \('(\d{4}-\d\d-\d\d)")


class Partitions:
    """Sees to it that each day on which something happened has a place before it is written.

    Days before the first that has a partition of its own share one, ``event_before``: events may be years
    old, and nobody who sends such is to make thousands of tables.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._there: frozenset[date] = frozenset()
        self._first = date.max
        self._making = threading.Lock()

    def ensure(self, days: Iterable[date]) -> None:
        """Make what is missing of some days, and of today and tomorrow.

        Raises
        ------
        DatabaseDownError
            If the database does not answer.
        """
        today = datetime.now(UTC).date()
        wanted = {*days, today, today + _DAY}
        if self._missing(wanted):
            with self._making:
                if self._missing(wanted):
                    self._database.retried(lambda connection: self._make(connection, wanted))

    def forget(self) -> None:
        """Look at the tables again before the next write: somebody may have dropped one."""
        self._there, self._first = frozenset(), date.max

    def _missing(self, wanted: Iterable[date]) -> set[date]:
        if self._first == date.max:
            return set(wanted)
        return {day for day in wanted if day >= self._first and day not in self._there}

    def _make(self, connection: Connection, wanted: Iterable[date]) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        there, first = _found(connection)
        missing = {day for day in wanted if day >= first and day not in there}
        for day in sorted(missing):
            _create(connection, day)
        self._there, self._first = frozenset(there | missing), first


def name_of(day: date) -> str:
    """Return the name of a day's partition."""
    return f"event_{day:%Y%m%d}"


def _found(connection: Connection) -> tuple[set[date], date]:
    """Return the days that have partitions, and the first day that may have one."""
    rows = connection.exec_driver_sql(_BOUNDS).all()
    days = {
        datetime.strptime(name[-8:], "%Y%m%d").replace(tzinfo=UTC).date()
        for name, _ in rows
        if name[-8:].isdecimal()
    }
    bounds = (_UNTIL.search(bound) for _, bound in rows)
    first = max((date.fromisoformat(one[1]) for one in bounds if one), default=date.min)
    return days, first


def _create(connection: Connection, day: date) -> None:
    """Attach a table rather than create it in place, which would lock out everyone who reads or writes."""
    name, begins, ends = name_of(day), f"{day} 00:00+00", f"{day + _DAY} 00:00+00"
    within = f"CHECK (occurred_at >= '{begins}' AND occurred_at < '{ends}')"
    connection.exec_driver_sql(
        f"CREATE TABLE {name} (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS, "
        f"CONSTRAINT {name}_day {within})"
    )
    connection.exec_driver_sql(
        f"ALTER TABLE event ATTACH PARTITION {name} FOR VALUES FROM ('{begins}') TO ('{ends}')"
    )
    connection.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {name}_day")

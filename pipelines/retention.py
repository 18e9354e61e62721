"""Lets go of events that are old and lie in the raw store: whole days at once, and never what was not collected."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import psycopg
import structlog
from psycopg import sql

log = structlog.get_logger()

OLDEST: Final = "event_before"
"""The partition of all days before the first that has one of its own."""

_PARTITIONS: Final = """
SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
WHERE inhparent = to_regclass('event')
"""
_DAY: Final = re.compile(r"event_(\d{8})")
_COUNT: Final = sql.SQL("SELECT count(*) FROM {}")


def due(connection: psycopg.Connection[Any], days: float) -> dict[str, int]:
    """Return the partitions all of whose events are older than some days, each with how many it holds.

    To be asked in the snapshot that is collected, so that a later count tells whether more has come.
    """
    oldest = datetime.now(UTC).date() - timedelta(days=days)
    names = [row[0] for row in connection.execute(_PARTITIONS)]
    past = [name for name in names if (day := _day(name)) is not None and day < oldest]
    return {name: _count(connection, name) for name in past}


def forget_oldest(connection: psycopg.Connection[Any], days: float) -> None:
    """Delete events of the shared partition that are older, as far as the snapshot sees them.

    What came meanwhile is not seen, and stays for the next night.
    """
    oldest = datetime.now(UTC) - timedelta(days=days)
    if connection.execute("SELECT to_regclass(%s)", (OLDEST,)).fetchone() == (None,):
        return
    statement = sql.SQL("DELETE FROM {} WHERE occurred_at < %s").format(sql.Identifier(OLDEST))
    deleted = connection.execute(statement, (oldest,)).rowcount
    log.info("retention.deleted", partition=OLDEST, events=deleted)


def drop(connection: psycopg.Connection[Any], collected: dict[str, int]) -> list[str]:
    """Drop partitions that hold no more than was collected, and return their names.

    Parameters
    ----------
    connection : psycopg.Connection
        In no transaction, so that each partition is dropped by itself and nobody waits for two.
    collected : dict
        What ``due`` returned.
    """
    dropped = []
    for name, count in collected.items():
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '5s'")
            try:
                connection.execute(
                    sql.SQL("LOCK TABLE ONLY event, ONLY {} IN ACCESS EXCLUSIVE MODE").format(
                        sql.Identifier(name)
                    )
                )
            except psycopg.errors.LockNotAvailable:
                log.info("retention.busy", partition=name)
                raise psycopg.Rollback from None
            if _count(connection, name) == count:
                connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
                dropped.append(name)
    log.info("retention.dropped", partitions=dropped)
    return dropped


def _count(connection: psycopg.Connection[Any], name: str) -> int:
    row = connection.execute(_COUNT.format(sql.Identifier(name))).fetchone()
    return int(row[0]) if row else 0


def _day(name: str) -> date | None:
    found = _DAY.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC).date() if found else None

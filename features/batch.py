"""Where batch features run: Ibis expressions on DuckDB, in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import ibis


@contextmanager
def connection() -> Iterator[Any]:
    """Yield an in-process DuckDB whose clock is UTC, closed afterwards."""
    database = ibis.duckdb.connect()
    try:
        database.raw_sql("SET TimeZone = 'UTC'")
        yield database
    finally:
        database.disconnect()


def moment(at: datetime) -> ibis.Value:
    """Return a UTC time as an Ibis literal of the lake's type."""
    return ibis.literal(at.astimezone(UTC), type="timestamp('UTC', 6)")


def age_seconds(times: ibis.Value, now: datetime) -> ibis.Value:
    """Return the whole seconds from each time to ``now``; parts of a second are cut off on both sides."""
    return int(now.timestamp()) - times.truncate("s").epoch_seconds()

"""The first step of the night: what the API took in goes from PostgreSQL to the raw side of the store."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines import retention
from pipelines.database import reached, running
from pipelines.files import atomic_file, read_json
from pipelines.ingest.check import check
from pipelines.ingest.chunks import flawless
from pipelines.ingest.events import Events
from pipelines.ingest.quarantine import Quarantine
from pipelines.ingest.raw import next_raw
from pipelines.ingest.rules import Facts
from pipelines.taken_back import take_back
from recsys.schema import EVENTS, TIME
from recsys.settings import Settings

OVERLAP = "10 minutes"
"""A commit may become visible after a later one did. So each night looks again at the last minutes
before its mark; the event ids tell what is there already."""

MARK = "collected.json"
"""Lies in ``raw/``, so that events and mark change in one switch."""

_FORGET = "Remove it: the next night looks at the whole table again"

_NAME = Path("collected")
"""Of the file in quarantine with the rows that no ingest would take; they stay in the database, too."""

_BLOCK_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the nights have come.

    Attributes
    ----------
    received_at : str
        Of the newest row that was seen; ISO 8601, UTC.
    overlapping : int
        Sum of hashes of the ids of rows not older than OVERLAP before it. Another sum later means that one
        came late, even if another went meanwhile.
    """

    received_at: str
    overlapping: int

    @classmethod
    def read(cls, path: Path) -> Mark:
        """Read the mark, or return that of a store that has collected nothing."""
        return cls(**read_json(path, _FORGET)) if path.is_file() else cls("-infinity", 0)

    def write(self, path: Path) -> None:
        """Write the mark."""
        with atomic_file(path, mode=0o600) as beside:
            fields = {"received_at": self.received_at, "overlapping": self.overlapping}
            beside.write_text(json.dumps(fields, indent=1) + "\n")


def collect(settings: Settings) -> int | None:
    """Add the rows of the table ``event`` that are new to ``<store>/raw/events``, and take out what was taken back.

    Parameters
    ----------
    settings : Settings
        ``database_url``, or the embedded server in ``store`` if it was ever started there.

    Returns
    -------
    int or None
        How many good events were new; None if there is no database, or no table ``event`` in it.

    Raises
    ------
    InputError
        If the database does not answer.
    BusyError
        If another process is changing the raw side of the store.
    """
    with running(settings) as url:
        if url is None:
            return None
        with reached(url) as connection:
            count = _collected(connection, settings)
        take_back(url, settings.store)
        return count


def _collected(connection: psycopg.Connection[Any], settings: Settings) -> int | None:
    """Collect, then let go of what is older than it is to be kept; in this order, or a kill would lose events."""
    # One snapshot for all queries: what is counted is what is copied.
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    if connection.execute("SELECT to_regclass('event')").fetchone() == (None,):
        return None
    days = settings.event_days
    past = retention.due(connection, days) if days else {}
    count = _collect(connection, settings.store)
    if days:
        retention.forget_oldest(connection, days)
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection.autocommit = True
        retention.drop(connection, past)
    return count


def _collect(connection: psycopg.Connection[Any], store: Path) -> int:
    old = Mark.read(store / "raw" / MARK)
    if _overlapping(connection, old.received_at) == old.overlapping:
        return 0
    with next_raw(store) as beside:
        folder = Events(beside / "events")
        quarantine = Quarantine(beside / "quarantine", _NAME)
        rows = _rows(connection, old.received_at, beside)
        count = sum(folder.add(_good(events, quarantine)) for events in rows)
        _newest(connection).write(beside / MARK)
    return count


def _good(events: pa.Table, quarantine: Quarantine) -> pa.Table:
    """Keep the events that an ingest would take; of a title the API may know before the catalog does."""
    good, bad = check(flawless(_NAME, "events", events), Facts(datetime.now(UTC), None))
    quarantine.add("events", len(events), bad)
    return good


def _newest(connection: psycopg.Connection[Any]) -> Mark:
    row = connection.execute("SELECT max(received_at)::text FROM event").fetchone()
    newest = row[0] if row and row[0] else "-infinity"
    return Mark(newest, _overlapping(connection, newest))


def _overlapping(connection: psycopg.Connection[Any], received_at: str) -> int:
    row = connection.execute(
        f"SELECT coalesce(sum({_HASH}), 0) FROM event WHERE {_SINCE}",  # noqa: S608  constants of this file
        {"mark": received_at},
    ).fetchone()
    return int(row[0]) if row else 0


def _rows(
    connection: psycopg.Connection[Any], received_at: str, folder: Path
) -> Iterator[pa.Table]:
    """Yield the rows since a mark in blocks, by way of a file, so that a busy day fits."""
    rows = f"SELECT {_COLUMNS} FROM event WHERE {_SINCE} ORDER BY received_at, event_id"  # noqa: S608
    with tempfile.TemporaryFile(dir=folder) as file:
        with connection.cursor().copy(
            f"COPY ({rows}) TO STDOUT (FORMAT csv)", {"mark": received_at}
        ) as blocks:
            for block in blocks:
                file.write(block)
        if not file.tell():
            return
        file.seek(0)
        yield from _parsed(file)


def _parsed(file: Any) -> Iterator[pa.Table]:
    reader = pacsv.open_csv(
        file,
        read_options=pacsv.ReadOptions(column_names=EVENTS.names, block_size=_BLOCK_BYTES),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=EVENTS,
            # PostgreSQL quotes an empty string and leaves a missing value bare.
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )
    for batch in reader:
        yield pa.Table.from_batches([batch]).cast(EVENTS)


def _expression(field: pa.Field) -> str:
    if field.type == TIME:
        return f"""to_char({field.name}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return str(field.name)


_COLUMNS = ", ".join(_expression(field) for field in EVENTS)
_HASH = "hashtextextended(event_id::text, 0)"
_SINCE = f"received_at >= %(mark)s::timestamptz - interval '{OVERLAP}'"

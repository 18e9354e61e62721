"""Viewers, histories and titles of ingested data, taken into the database once for each content.

So a viewer of whom the store already holds events has a history from the first request on.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import structlog
from pyarrow import csv

from recsys.schema import PASSIVE, TITLES, VIEWERS, WATCHING
from recsys.titles import whole
from serving import title_rows
from serving.analytics.forgotten import taken_back
from serving.analytics.store import HISTORY_COLUMNS, MERGE
from serving.database import Connection, DBAPIError, Transaction
from serving.driver import copy_in
from serving.news import MOST, tell

log = structlog.get_logger()

PATIENCE = "SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '10min'"
LOCK = 7_203_942
"""Key of the advisory lock under which one replica takes in what all would."""

_VIEWER_COLUMNS: Final = ", ".join(VIEWERS.names)
_MERGE_VIEWERS: Final = """
ON CONFLICT (viewer_id) DO UPDATE SET consent = excluded.consent, region = excluded.region,
    maximum_age = excluded.maximum_age
WHERE viewer.erased_at IS NULL
    AND NOT EXISTS (SELECT FROM profile WHERE profile.viewer_id = viewer.viewer_id)
"""
"""What an account says of its profiles holds, whatever is ingested of them."""
_SAME: Final = ", ".join(f'title."{name}"' for name in TITLES.names)
_EXCLUDED: Final = ", ".join(f'excluded."{name}"' for name in TITLES.names)
# What staff changed is theirs: whatever is ingested, it stays until they change it again.
_MERGE_TITLES: Final = f"""
ON CONFLICT (title_id) DO UPDATE SET ({title_rows.COLUMNS}) = ({_EXCLUDED}), changed_at = now()
    WHERE title.revision IS NULL AND ({_SAME}) IS DISTINCT FROM ({_EXCLUDED})
"""
_REMOVE_TITLES: Final = """
DELETE FROM title WHERE revision IS NULL
    AND NOT EXISTS (SELECT FROM given WHERE given.title_id = title.title_id)
"""
# Whoever may be shown less from now on, or lives elsewhere; unknown ones may have asked as well.
_CHANGED: Final = f"""
SELECT viewer_id FROM given LEFT JOIN viewer USING (viewer_id)
WHERE (viewer.region, viewer.maximum_age) IS DISTINCT FROM (given.region, given.maximum_age)
LIMIT {MOST + 1}
"""  # noqa: S608  a number of ours
_KNOWN: Final = "SELECT fingerprint FROM taken_in WHERE what = %(what)s"
_REMEMBER: Final = """
INSERT INTO taken_in VALUES (%(what)s, %(mark)s)
ON CONFLICT (what) DO UPDATE SET fingerprint = excluded.fingerprint
"""
# The same state that ``analytics.store`` keeps event by event.
_STATES: Final = """
SELECT viewer_id, title_id, max(watched_portion) FILTER (WHERE active),
    bool_or(event_type = 'complete'),
    arg_max(value, (occurred_at, value)) FILTER (WHERE rated),
    arg_max(value, (occurred_at, value)) FILTER (WHERE thumbed),
    coalesce(arg_max(added, (occurred_at, added)) FILTER (WHERE listed), false),
    max(occurred_at) FILTER (WHERE active), max(occurred_at) FILTER (WHERE rated),
    max(occurred_at) FILTER (WHERE thumbed), max(occurred_at) FILTER (WHERE listed),
    max(occurred_at) FILTER (WHERE watching), max(occurred_at) FILTER (WHERE dismissed)
FROM (
    SELECT *, NOT list_contains($passive, event_type) AS active,
        event_type = 'rating' AND value IS NOT NULL AS rated,
        event_type = 'thumb' AND value IS NOT NULL AS thumbed,
        event_type = 'watchlist_add' AS added,
        event_type IN ('watchlist_add', 'watchlist_remove') AS listed,
        list_contains($watching, event_type) AS watching, event_type = 'dismiss' AS dismissed
    FROM read_parquet($files, hive_partitioning = false) AS given
    WHERE NOT EXISTS (
        SELECT 1 FROM taken_back AS gone WHERE gone.viewer_id = given.viewer_id
            AND gone.title_id = given.title_id AND given.occurred_at <= gone.removed_at)
    AND viewer_id NOT IN (SELECT viewer_id FROM taken_back WHERE title_id IS NULL)
)
WHERE (active OR dismissed) AND title_id IS NOT NULL
GROUP BY viewer_id, title_id
"""


def take_in(transaction: Transaction, raw: Path) -> None:
    """Take in the viewers, the histories and the titles of ``raw/``, unless that content was taken in before.

    What cannot be read, or is refused by the database, is logged and left out: a replica serves on
    without it.

    Raises
    ------
    DatabaseDownError
        If the database does not answer; then nothing of that table was taken in.
    """
    viewers, events = raw / "viewers.parquet", sorted((raw / "events").glob("day=*/*.parquet"))
    into_viewer = Into("viewer", _VIEWER_COLUMNS, _MERGE_VIEWERS, _CHANGED)
    into_history = Into("history", HISTORY_COLUMNS, MERGE)
    if viewers.is_file():
        _try(lambda: into_viewer.once(transaction, [viewers], lambda _: pq.read_table(viewers)))
    if events:
        _try(
            lambda: into_history.once(
                transaction, events, lambda connection: _states(events, taken_back(connection))
            )
        )
    take_in_titles(transaction, raw)


def take_in_titles(transaction: Transaction, raw: Path) -> None:
    """Take in the titles of ``raw/``, as ``take_in`` does: the table is as the file, but for what staff changed."""
    titles = raw / "titles.parquet"
    into_title = Into(
        "title",
        title_rows.COLUMNS,
        _MERGE_TITLES,
        written=title_rows.csv_of,
        remove=_REMOVE_TITLES,
    )
    if titles.is_file():
        _try(lambda: into_title.once(transaction, [titles], lambda _: _titles(titles)))


def _try(take: Callable[[], None]) -> None:
    try:
        take()
    except (pa.ArrowException, OSError, KeyError, duckdb.Error, DBAPIError) as error:
        log.warning("backfill.failed", error=str(error)[:500])


def _csv(table: pa.Table) -> bytes:
    """Return a table as PostgreSQL reads it: words in quotes, what is empty without."""
    sink = io.BytesIO()
    csv.write_csv(table, sink, csv.WriteOptions(include_header=False))
    return sink.getvalue()


@dataclass(frozen=True, slots=True)
class Into:
    """A table that whole files are merged into.

    Attributes
    ----------
    table, columns, merge : str
    changed : str
        Asks for the viewers whose pages may be others from now on; "" is none.
    written : callable
        Gives rows as ``COPY`` reads them.
    remove : str
        Lets go of rows that are not among the ``given``; "" keeps them.
    """

    table: str
    columns: str
    merge: str
    changed: str = ""
    written: Callable[[pa.Table], bytes] = _csv
    remove: str = ""

    def once(
        self, transaction: Transaction, files: list[Path], read: Callable[[Connection], pa.Table]
    ) -> None:
        """Copy and merge what ``read`` gives, unless these files were taken in before."""
        mark = _fingerprint(files)
        with transaction() as connection:
            connection.exec_driver_sql(PATIENCE)
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            known = connection.exec_driver_sql(_KNOWN, {"what": self.table}).scalar()
            if known != mark:
                rows = read(connection)
                self._merge_in(connection, rows)
                connection.exec_driver_sql(_REMEMBER, {"what": self.table, "mark": mark})
                log.info("backfill.done", table=self.table, rows=len(rows))

    def _merge_in(self, connection: Connection, rows: pa.Table) -> None:
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE given ON COMMIT DROP AS "  # noqa: S608  names from above
            f"SELECT {self.columns} FROM {self.table} WITH NO DATA"
        )
        copy_in(
            connection, f"COPY given ({self.columns}) FROM STDIN (FORMAT csv)", self.written(rows)
        )
        if self.changed:
            tell(connection, (row[0] for row in connection.exec_driver_sql(self.changed)))
        connection.exec_driver_sql(
            f"INSERT INTO {self.table} ({self.columns}) SELECT {self.columns} FROM given "  # noqa: S608
            f"ORDER BY {self.columns} {self.merge}"
        )
        if self.remove:
            connection.exec_driver_sql(self.remove)


def _states(files: list[Path], gone: pa.Table) -> pa.Table:
    kinds = {"passive": list(PASSIVE), "watching": list(WATCHING)}
    given = {"files": [str(file) for file in files], **kinds}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("taken_back", gone)
        return connection.sql(_STATES, params=given).to_arrow_table()


def _titles(file: Path) -> pa.Table:
    return whole(pq.read_table(file))


def _fingerprint(files: list[Path]) -> str:
    """Return what changes when a file does; taking the same content in again would do no harm."""
    facts = [(file.as_posix(), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr(facts).encode()).hexdigest()

"""What viewers took back while the API ran: titles out of their histories, profiles, consent.

It goes from the raw side of the store as well, every night anew, so that nothing is learned from it even where the same
events are ingested again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.database import reached
from pipelines.files import atomic_file
from pipelines.ingest.events import write_part
from pipelines.ingest.raw import merge, next_raw
from pipelines.query import connected, query
from pipelines.tables import INGEST_AGAIN, read_table, telling_damage
from recsys.schema import TIME, VIEWERS

GONE = pa.schema([("viewer_id", pa.string()), ("title_id", pa.string()), ("removed_at", TIME)])
"""Titles that were taken out of histories, and viewers who were erased: those have no title."""

_GONE = """
SELECT viewer_id, title_id, removed_at FROM removed_title
UNION ALL SELECT viewer_id, NULL, NULL FROM viewer WHERE erased_at IS NOT NULL
"""
_PROFILES = f"""
SELECT {", ".join(VIEWERS.names)} FROM viewer JOIN profile USING (viewer_id) ORDER BY viewer_id
"""  # noqa: S608  names of the schema
_IS_GONE = """
(EXISTS (SELECT 1 FROM gone WHERE gone.viewer_id = events.viewer_id
    AND gone.title_id = events.title_id AND events.occurred_at <= gone.removed_at)
OR events.viewer_id IN (SELECT viewer_id FROM gone WHERE title_id IS NULL))
"""


def take_back(url: str, store: Path) -> None:
    """Take out of ``<store>/raw`` what was taken back, and put in what profiles say of themselves.

    Parameters
    ----------
    url : str
        Of the database.
    store : Path

    Raises
    ------
    InputError
        If the database does not answer, or a file of the store is damaged.
    BusyError
        If another process is changing the raw side of the store.
    """
    if not (store / "raw" / "events").is_dir():
        return
    with reached(url) as connection:
        if connection.execute("SELECT to_regclass('removed_title')").fetchone() == (None,):
            return
        gone = _read(connection, _GONE, GONE)
        profiles = _read(connection, _PROFILES, VIEWERS)
    if _stale(store / "raw", gone) or _viewers(store / "raw", gone, profiles) is not None:
        with next_raw(store) as beside:
            for part in _stale(beside, gone):
                _rewrite(part, gone)
            _write_viewers(beside, gone, profiles)


def _read(connection: psycopg.Connection[Any], sql: Any, schema: pa.Schema) -> pa.Table:
    rows = connection.execute(sql).fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _stale(raw: Path, gone: pa.Table) -> list[Path]:
    """Return the parts that hold something that was taken back, the last of each folder first."""
    parts = sorted(raw.glob("events/day=*/part-*.parquet"), reverse=True)
    if not parts or not len(gone):
        return []
    with _over(parts, gone) as connection:
        found = connection.sql(f"SELECT DISTINCT filename FROM events WHERE {_IS_GONE}").fetchall()  # noqa: S608
    names = {Path(name) for (name,) in found}
    return [part for part in parts if part in names]


def _rewrite(part: Path, gone: pa.Table) -> None:
    """Write a part without what was taken back; an empty one goes where no later one would take its number."""
    with _over([part], gone) as connection:
        left = connection.sql(f"SELECT * EXCLUDE (filename) FROM events WHERE NOT {_IS_GONE}")  # noqa: S608
        rows = left.to_arrow_table()
    schema = pq.read_schema(part)
    last = max(part.parent.glob("part-*.parquet"))
    if not len(rows) and part == last:
        part.unlink()
        if not any(part.parent.iterdir()):
            part.parent.rmdir()
        return
    with atomic_file(part, mode=part.stat().st_mode & 0o777) as beside:
        write_part(beside, rows.cast(schema))


def _write_viewers(raw: Path, gone: pa.Table, profiles: pa.Table) -> None:
    kept = _viewers(raw, gone, profiles)
    if kept is None:
        return
    path = raw / "viewers.parquet"
    path.unlink(missing_ok=True)
    merge(path, "viewer_id", kept)


def _viewers(raw: Path, gone: pa.Table, profiles: pa.Table) -> pa.Table | None:
    """Return what the file of viewers should hold, or None if it does."""
    path = raw / "viewers.parquet"
    there = (
        read_table(path, VIEWERS, hint=INGEST_AGAIN) if path.is_file() else VIEWERS.empty_table()
    )
    said = query(
        """
        SELECT * FROM there WHERE viewer_id NOT IN (SELECT viewer_id FROM profiles)
            AND viewer_id NOT IN (SELECT viewer_id FROM gone WHERE title_id IS NULL)
        UNION ALL SELECT * FROM profiles ORDER BY viewer_id
        """,
        there=there,
        profiles=profiles,
        gone=gone,
    ).cast(VIEWERS)
    return None if said.equals(there) else said


@contextmanager
def _over(parts: list[Path], gone: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database in which ``events`` are some parts, and ``gone`` is what was taken back."""
    files = [str(part) for part in parts]
    with connected() as connection, telling_damage(files, INGEST_AGAIN):
        connection.register("gone", gone)
        relation = connection.read_parquet(files, hive_partitioning=False, filename=True)
        relation.create_view("events")
        yield connection

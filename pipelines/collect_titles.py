"""What staff changed of the catalog goes from PostgreSQL to the raw side of the store, so that no night loses it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from pipelines import withdrawn
from pipelines.database import reached, running
from pipelines.ingest.raw import merge, next_raw
from pipelines.tables import INGEST_AGAIN, read_table
from recsys.schema import TITLES
from recsys.settings import Settings

_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = 'title'::regclass AND attnum > 0 AND NOT attisdropped
"""
_TITLES = "SELECT {} FROM title WHERE revision IS NOT NULL ORDER BY title_id"
_DOWN = "SELECT title_id FROM title_takedown ORDER BY title_id"


@dataclass(frozen=True, slots=True)
class Changed:
    """What staff changed: titles as they are to be, and those that are taken down."""

    titles: pa.Table
    withdrawn: list[str]


def collect_titles(settings: Settings) -> int | None:
    """Bring ``<store>/raw`` to what staff say of titles, wherever it says otherwise.

    Parameters
    ----------
    settings : Settings
        ``database_url``, or the embedded server in ``store`` if it was ever started there.

    Returns
    -------
    int or None
        How many titles were other than staff say, or were taken down or restored since; None if there is no
        database, or no table ``title`` in it.

    Raises
    ------
    InputError
        If the database does not answer, or a file of the store is damaged.
    BusyError
        If another process is changing the raw side of the store.
    """
    with running(settings) as url:
        if url is None:
            return None
        with reached(url) as connection:
            changed = _read(connection)
    return None if changed is None else _merged(changed, settings.store)


def _read(connection: psycopg.Connection[Any]) -> Changed | None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    if connection.execute("SELECT to_regclass('title_takedown')").fetchone() == (None,):
        return None
    # A database on which no replica of this version was started yet lacks what came to the schema since.
    held = {row[0] for row in connection.execute(_COLUMNS)}
    names = [name for name in TITLES.names if name in held]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    rows = connection.execute(sql.SQL(_TITLES).format(columns))
    lines = [dict(zip(names, row, strict=True)) for row in rows]
    down = [row[0] for row in connection.execute(_DOWN)]
    return Changed(pa.Table.from_pylist(lines, schema=TITLES), down)


def _merged(changed: Changed, store: Path) -> int:
    titles = store / "raw" / "titles.parquet"
    held = (
        read_table(titles, TITLES, hint=INGEST_AGAIN) if titles.is_file() else TITLES.empty_table()
    )
    others = _others(changed.titles, held)
    down = set(withdrawn.read(store / "raw")) ^ set(changed.withdrawn)
    if not others and not down:
        return 0
    with next_raw(store) as beside:
        if others:
            merge(beside / "titles.parquet", "title_id", changed.titles)
        withdrawn.write(beside, changed.withdrawn)
    return others + len(down)


def _others(said: pa.Table, held: pa.Table) -> int:
    """Count the titles of a table that are not as another holds them."""
    mine = held.filter(pc.is_in(held["title_id"], said["title_id"].combine_chunks()))
    rows = {row["title_id"]: row for row in mine.to_pylist()}
    return sum(rows.get(row["title_id"]) != row for row in said.to_pylist())

"""The tables ``title``, ``title_takedown``, ``placement`` and ``catalog_change``: what staff changed, and who did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson

from recsys.schema import TITLES
from serving.current_changes import NONE, Changes, Placement
from serving.database import Connection, Database
from serving.driver import copy_in
from serving.news import CATALOG, tell_of
from serving.staff.importing import Catalog, Row, table_of
from serving.title_rows import COLUMNS, csv_of
from serving.title_rows import table_of as titles_of

PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"

_REVISION: Final = "SELECT revision FROM catalog_revision"
_SINCE: Final = f"SELECT {COLUMNS} FROM title WHERE revision > %(since)s"  # noqa: S608  names of the schema
_OF_TITLES: Final = "SELECT coalesce(max(revision), 0) FROM title WHERE revision IS NOT NULL"
_WITHDRAWN: Final = "SELECT title_id FROM title_takedown"
_ISO: Final = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""
_PLACED: Final = f"""
SELECT kind, placement_id, content, {_ISO.format("starts")}, {_ISO.format("ends")}, placed_at, placed_by
FROM placement ORDER BY kind, placement_id
"""  # noqa: S608
_ROWS: Final = f"SELECT {COLUMNS} FROM title WHERE title_id = ANY(%(ids)s)"  # noqa: S608
_SERIES: Final = (
    "SELECT title_id FROM title WHERE title_id = ANY(%(ids)s) AND title_type = 'series'"
)
_PLAYED: Final = "SELECT DISTINCT series_id FROM title WHERE series_id = ANY(%(ids)s)"
_EXCLUDED: Final = ", ".join(f'excluded."{name}"' for name in TITLES.names)
_GIVEN: Final = (
    f"CREATE TEMPORARY TABLE given ON COMMIT DROP AS SELECT {COLUMNS} FROM title WITH NO DATA"  # noqa: S608
)
_UPSERT: Final = f"""
INSERT INTO title ({COLUMNS}, revision, changed_at, changed_by)
SELECT {COLUMNS}, %(revision)s, now(), %(by)s FROM given ORDER BY title_id
ON CONFLICT (title_id) DO UPDATE SET ({COLUMNS}, revision, changed_at, changed_by)
    = ({_EXCLUDED}, excluded.revision, excluded.changed_at, excluded.changed_by)
"""  # noqa: S608
_NOTE: Final = """
INSERT INTO catalog_change (kind, subject_id, action, said, revision, made_by)
SELECT kind, subject_id, action, said, %(revision)s, %(by)s
FROM jsonb_to_recordset(%(notes)s::jsonb)
    AS given (kind text, subject_id text, action text, said jsonb)
"""
_TAKE_DOWN: Final = """
INSERT INTO title_takedown (title_id, reason, taken_by) VALUES (%(title)s, %(reason)s, %(by)s)
ON CONFLICT (title_id) DO UPDATE SET reason = excluded.reason, taken_at = now(), taken_by = excluded.taken_by
"""
_RESTORE: Final = "DELETE FROM title_takedown WHERE title_id = %(title)s"
_TAKEN: Final = "SELECT title_id, reason, taken_at, taken_by FROM title_takedown ORDER BY title_id"
_PLACE: Final = """
INSERT INTO placement (kind, placement_id, content, starts, ends, placed_by)
VALUES (%(kind)s, %(id)s, %(content)s::jsonb, %(starts)s::timestamptz, %(ends)s::timestamptz, %(by)s)
ON CONFLICT (kind, placement_id) DO UPDATE SET content = excluded.content, starts = excluded.starts,
    ends = excluded.ends, placed_at = now(), placed_by = excluded.placed_by
"""
_REMOVE: Final = "DELETE FROM placement WHERE kind = %(kind)s AND placement_id = %(id)s"
_LOG: Final = """
SELECT kind, subject_id, action, said, made_at, made_by FROM catalog_change
ORDER BY change_id DESC LIMIT %(limit)s
"""
_LOG_OF: Final = """
SELECT kind, subject_id, action, said, made_at, made_by FROM catalog_change
WHERE kind = 'title' AND subject_id = %(title)s ORDER BY change_id DESC LIMIT %(limit)s
"""


class Source:
    """Where replicas read what staff changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, revision: int) -> Changes | None:
        """Return what changed after a revision, ``None`` if nothing did; all of it, if that is none of its own."""
        with self._database.reading() as connection:
            now = connection.exec_driver_sql(_REVISION).scalar_one()
        if now == revision:
            return None
        with self._database.transaction() as connection:
            connection.exec_driver_sql(PATIENCE)
            since = revision if revision < now else NONE
            titles = titles_of(map(tuple, connection.exec_driver_sql(_SINCE, {"since": since})))
            of_titles = connection.exec_driver_sql(_OF_TITLES).scalar_one()
            placed = tuple(one for one, *_ in placements(connection))
        return Changes(now, of_titles, titles, placed)

    def withdrawn(self) -> frozenset[str]:
        """Return the ids of the titles that are taken down."""
        with self._database.reading() as connection:
            return frozenset(row[0] for row in connection.exec_driver_sql(_WITHDRAWN))


def hold(connection: Connection) -> int:
    """Let nobody else change the catalog until the transaction ends, and return the revision that it makes."""
    revision: int = connection.exec_driver_sql(_REVISION + " FOR UPDATE").scalar_one()
    return revision + 1


def note(connection: Connection, revision: int, by: str, notes: Sequence[dict[str, Any]]) -> None:
    """Write down who changed what, each a dict of kind, subject_id, action and said; and tell all replicas."""
    given = {"revision": revision, "by": by, "notes": orjson.dumps(notes, default=str).decode()}
    connection.exec_driver_sql(_NOTE, given)
    connection.exec_driver_sql("UPDATE catalog_revision SET revision = %(now)s", {"now": revision})
    tell_of(connection, CATALOG)


def catalog_of(connection: Connection, titles: Iterable[str], series: Iterable[str]) -> Catalog:
    """Return what the catalog has of some titles, and of the series that they name."""
    ids, named = sorted(set(titles)), sorted(set(series))
    rows = connection.exec_driver_sql(_ROWS, {"ids": ids}).all()
    whole = [dict(zip(TITLES.names, row, strict=True)) for row in rows]
    named += [row["series_id"] for row in whole if row["series_id"] is not None]
    known = connection.exec_driver_sql(_SERIES, {"ids": named})
    played = connection.exec_driver_sql(_PLAYED, {"ids": ids})
    return Catalog(
        {row["title_id"]: row for row in whole},
        frozenset(row[0] for row in known),
        frozenset(row[0] for row in played),
    )


def upsert(connection: Connection, rows: Sequence[Row], revision: int, by: str) -> None:
    """Write titles as they are to be."""
    connection.exec_driver_sql(_GIVEN)
    copy_in(connection, f"COPY given ({COLUMNS}) FROM STDIN (FORMAT csv)", csv_of(table_of(rows)))
    connection.exec_driver_sql(_UPSERT, {"revision": revision, "by": by})


def holds_title(connection: Connection, title_id: str) -> bool:
    """Return whether the catalog holds a title."""
    return bool(connection.exec_driver_sql(_ROWS, {"ids": [title_id]}).first())


def take_down(connection: Connection, title_id: str, reason: str, by: str) -> None:
    """Take a title down, or say another reason."""
    connection.exec_driver_sql(_TAKE_DOWN, {"title": title_id, "reason": reason, "by": by})


def restore(connection: Connection, title_id: str) -> None:
    """Take a takedown back."""
    connection.exec_driver_sql(_RESTORE, {"title": title_id})


def takedowns(connection: Connection) -> list[tuple[Any, ...]]:
    """Return title, reason, when and who of all that is taken down."""
    return [tuple(row) for row in connection.exec_driver_sql(_TAKEN)]


def placements(connection: Connection) -> list[tuple[Placement, Any, str]]:
    """Return all that is placed, when and by whom."""
    rows = connection.exec_driver_sql(_PLACED)
    return [(Placement(*row[:5]), row[5], row[6]) for row in rows]


def place(connection: Connection, one: Placement, by: str) -> None:
    """Place something, or change it."""
    content = orjson.dumps(dict(one.content)).decode()
    given = {"kind": one.kind, "id": one.placement_id, "content": content, "by": by}
    connection.exec_driver_sql(_PLACE, given | {"starts": one.starts, "ends": one.ends})


def remove(connection: Connection, kind: str, placement_id: str) -> None:
    """Let go of something that was placed."""
    connection.exec_driver_sql(_REMOVE, {"kind": kind, "id": placement_id})


def changes(connection: Connection, title_id: str | None, limit: int) -> list[tuple[Any, ...]]:
    """Return the last changes, of one title or of all, the newest first."""
    given = {"title": title_id, "limit": limit}
    rows = connection.exec_driver_sql(_LOG if title_id is None else _LOG_OF, given)
    return [tuple(row) for row in rows]

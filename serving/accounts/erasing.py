"""What is taken back: a title from a history, and all of a viewer from every table.

What was being written at that moment may become visible a moment later, so for a while it is looked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from serving.database import Connection, Database
from serving.news import tell

SECONDS: Final = 30
"""For so long it is looked for again; no transaction that takes events in lasts so long."""

# A device's clock may run ahead: what was there when it was removed does not come back by its time.
_REMOVE: Final = """
INSERT INTO removed_title (viewer_id, title_id, removed_at)
SELECT %(viewer)s, named.title_id, greatest(now(), last_at, dismissed_at)
FROM unnest(%(titles)s::text[]) AS named (title_id)
LEFT JOIN history ON history.viewer_id = %(viewer)s AND history.title_id = named.title_id
ON CONFLICT (viewer_id, title_id)
DO UPDATE SET removed_at = greatest(removed_title.removed_at, excluded.removed_at)
"""
_OF_TITLES: Final = ("history", "taste_kept", "event")
_SWEEP: Final = """
DELETE FROM {table} AS told USING removed_title AS removed
WHERE told.viewer_id = removed.viewer_id AND told.title_id = removed.title_id
    AND {moment} <= removed.removed_at AND removed.removed_at > now() - %(seconds)s * interval '1 second'
"""
_MOMENTS: Final = {
    "history": "greatest(told.last_at, told.dismissed_at)",
    "event": "told.occurred_at",
}
_HISTORIES: Final = f"""
DELETE FROM history AS told USING removed_title AS removed
WHERE told.viewer_id = removed.viewer_id AND told.title_id = removed.title_id
    AND {_MOMENTS["history"]} <= removed.removed_at
"""  # noqa: S608  names of this file

# Whatever service keeps something of viewers calls them by this name.
_TABLES: Final = """
SELECT quote_ident(relname) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE attname = 'viewer_id' AND NOT attisdropped AND relkind IN ('r', 'p') AND NOT relispartition
    AND relnamespace = current_schema()::regnamespace
    AND relname NOT IN ('viewer', 'profile', 'preference')
ORDER BY relname
"""
_ERASED: Final = """
UPDATE viewer SET consent = false, kids = false, region = NULL, maximum_age = 0,
    erased_at = coalesce(erased_at, now()), changed_at = now()
WHERE viewer_id = %(viewer)s
"""
_LATELY: Final = (
    "SELECT viewer_id FROM viewer WHERE erased_at > now() - %(seconds)s * interval '1 second'"
)
_PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"


def remove(connection: Connection, viewer_id: str, titles: Sequence[str]) -> None:
    """Take titles out of a history, as if the viewer had never had to do with them.

    Pages that were made with them cannot be made again.
    """
    given = {"viewer": viewer_id, "titles": list(titles)}
    connection.exec_driver_sql(_REMOVE, given)
    for table in _OF_TITLES:
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE viewer_id = %(viewer)s AND title_id = ANY (%(titles)s)",  # noqa: S608
            given,
        )
    connection.exec_driver_sql("DELETE FROM made_page WHERE viewer_id = %(viewer)s", given)
    tell(connection, [viewer_id])


def erase(connection: Connection, viewer_id: str) -> None:
    """Take all of a viewer who has no profile any more out of every table.

    What stays is that there was one, so that nothing of it comes back, and a limit under which it sees what is for
    everyone: a token of the profile may still be about.
    """
    connection.exec_driver_sql(_PATIENCE)
    _clear(connection, viewer_id)
    connection.exec_driver_sql(_ERASED, {"viewer": viewer_id})
    tell(connection, [viewer_id])


class Sweeper:
    """Looks again for what was taken back."""

    def __init__(self) -> None:
        self._swept_all = False

    def sweep(self, database: Database) -> None:
        """Take out what became visible since; at first whatever an ingest may have brought back."""
        given = {"seconds": SECONDS}
        with database.transaction() as connection:
            connection.exec_driver_sql(_PATIENCE)
            if not self._swept_all:
                connection.exec_driver_sql(_HISTORIES)
            for table, moment in _MOMENTS.items():
                connection.exec_driver_sql(_SWEEP.format(table=table, moment=moment), given)
            lately = connection.exec_driver_sql(_LATELY, given).scalars().all()
            for viewer_id in lately:
                _clear(connection, viewer_id)
        self._swept_all = True


def _clear(connection: Connection, viewer_id: str) -> None:
    for table in connection.exec_driver_sql(_TABLES).scalars().all():
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE viewer_id = %(viewer)s",  # noqa: S608  a name from the database
            {"viewer": viewer_id},
        )

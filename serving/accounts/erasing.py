"""What is taken back: a title from a history, and all of a viewer from every table.

What was being written at that moment may become visible a moment later, so for a while it is looked for again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import structlog

from serving.database import Connection, Database, DatabaseDownError, DBAPIError
from serving.news import tell

log = structlog.get_logger()

SECONDS: Final = 30
"""For so long it is looked for again, once a second; no transaction that takes events in lasts so long."""
WHOLE_SECONDS: Final = 3600
"""How often it is looked for whatever came by other ways: an ingest, or a token of a profile that is gone."""
TOKEN_DAYS: Final = 8
"""No token lasts longer."""

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
_ANY_LATELY: Final = """
SELECT EXISTS (
    SELECT FROM removed_title WHERE removed_at > now() - %(seconds)s * interval '1 second')
"""
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
        self._whole_at = -float(WHOLE_SECONDS)

    def sweep(self, database: Database) -> None:
        """Take out what became visible since; what cannot be done now is done the next time."""
        try:
            database.retried(self._sweep)
        except (DBAPIError, DatabaseDownError) as error:
            log.warning("sweep.failed", error=str(error)[:500])

    def _sweep(self, connection: Connection) -> None:
        whole = time.monotonic() - self._whole_at >= WHOLE_SECONDS
        given = {"seconds": TOKEN_DAYS * 86_400 if whole else SECONDS}
        connection.exec_driver_sql(_PATIENCE)
        if whole:
            connection.exec_driver_sql(_HISTORIES)
        elif connection.exec_driver_sql(_ANY_LATELY, given).scalar():
            for table, moment in _MOMENTS.items():
                connection.exec_driver_sql(_SWEEP.format(table=table, moment=moment), given)
        for viewer_id in connection.exec_driver_sql(_LATELY, given).scalars().all():
            _clear(connection, viewer_id)
        if whole:
            self._whole_at = time.monotonic()


def _clear(connection: Connection, viewer_id: str) -> None:
    for table in connection.exec_driver_sql(_TABLES).scalars().all():
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE viewer_id = %(viewer)s",  # noqa: S608  a name from the database
            {"viewer": viewer_id},
        )

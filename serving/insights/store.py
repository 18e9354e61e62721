"""What insights read of ``event``, and the table ``private_count``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import orjson

from features.watched import Stood
from recsys.schema import WATCHING
from serving.database import Connection
from serving.insights.statistics import Summed

MOST: Final = 200_000
"""Events of one viewer that are read, the latest; a player that tells of itself every ten seconds makes them in a month."""
PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"

_WATCHED: Final = """
SELECT title_id, session_id, occurred_at, event_type, position_seconds FROM event
WHERE viewer_id = %(viewer)s AND occurred_at >= %(since)s AND occurred_at < %(until)s
    AND event_type = ANY (%(watching)s) AND title_id IS NOT NULL
ORDER BY occurred_at DESC LIMIT %(most)s
"""
_SUMMED: Final = """
SELECT title_id, watched_at, watched_portion, completed FROM history
WHERE viewer_id = %(viewer)s AND watched_at >= %(since)s AND watched_at < %(until)s
"""
# Who did not agree to be learned from is not counted either.
_DAY: Final = """
SELECT viewer_id, title_id, bool_or(event_type = 'complete')
FROM event JOIN viewer USING (viewer_id)
WHERE occurred_at >= %(since)s AND occurred_at < %(until)s AND event_type = ANY (%(watching)s)
    AND title_id IS NOT NULL AND consent
GROUP BY viewer_id, title_id
"""
_KEPT: Final = "SELECT counts FROM private_count WHERE statistic = %(name)s AND day = %(day)s"
_KEEP: Final = """
INSERT INTO private_count (statistic, day, counts) VALUES (%(name)s, %(day)s, %(counts)s::jsonb)
ON CONFLICT DO NOTHING
"""


def watched(
    connection: Connection, viewer_id: str, since: datetime, until: datetime
) -> list[tuple[str, Stood]]:
    """Return where a viewer's players stood between two moments, the first included, each with its title."""
    given = {"viewer": viewer_id, "since": since, "until": until, "most": MOST}
    rows = connection.exec_driver_sql(_WATCHED, {**given, "watching": list(WATCHING)})
    return [(row[0], Stood(*row[1:])) for row in rows]


def summed(
    connection: Connection, viewer_id: str, since: datetime, until: datetime
) -> list[tuple[str, Summed]]:
    """Return what histories keep of the titles that a viewer watched last between two moments, the first included."""
    given = {"viewer": viewer_id, "since": since, "until": until}
    return [(row[0], Summed(*row[1:])) for row in connection.exec_driver_sql(_SUMMED, given)]


def day(connection: Connection, since: datetime, until: datetime) -> list[tuple[str, str, bool]]:
    """Return which viewers watched which titles between two moments, and whether to the end."""
    connection.exec_driver_sql(PATIENCE)
    given = {"since": since, "until": until, "watching": list(WATCHING)}
    return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(_DAY, given)]


def kept(connection: Connection, name: str, of: date) -> dict[str, int] | None:
    """Return what was told of a statistic on a day, None if nothing was."""
    row = connection.exec_driver_sql(_KEPT, {"name": name, "day": of}).first()
    return None if row is None else dict(row[0])


def keep(connection: Connection, name: str, of: date, counts: dict[str, int]) -> None:
    """Keep what is told, unless another replica told of it first."""
    given = {"name": name, "day": of, "counts": orjson.dumps(counts).decode()}
    connection.exec_driver_sql(_KEEP, given)

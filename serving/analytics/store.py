"""The tables ``event``, ``event_ledger`` and ``history``: a history follows its events in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from features.watched import Stood
from recsys.schema import EVENTS, PASSIVE, WATCHING, EventType
from serving.analytics.forgotten import WANTED
from serving.analytics.partitions import Partitions
from serving.database import Connection, Database, DBAPIError
from serving.news import tell

_TYPES = {
    "string": "text",
    "timestamp[us, tz=UTC]": "timestamptz",
    "double": "float8",
    "int32": "int4",
}
_COLUMNS = ", ".join(EVENTS.names)
_RECORD = ", ".join(
    f"{field.name} {'uuid' if field.name == 'event_id' else _TYPES[str(field.type)]}"
    for field in EVENTS
)
_NO_PARTITION: Final = "23514"

# Every clause takes the larger or the later, so arrivals may come in any order and come twice. What a guest
# did is put together by ``features.states``, to the same rule.
MERGE: Final = """
ON CONFLICT (viewer_id, title_id) DO UPDATE SET
    watched_portion = greatest(history.watched_portion, excluded.watched_portion),
    completed = history.completed OR excluded.completed,
    rating = CASE WHEN (excluded.rated_at, excluded.rating) > (history.rated_at, history.rating)
        OR history.rated_at IS NULL THEN excluded.rating ELSE history.rating END,
    rated_at = greatest(history.rated_at, excluded.rated_at),
    thumb = CASE WHEN (excluded.thumbed_at, excluded.thumb) > (history.thumbed_at, history.thumb)
        OR history.thumbed_at IS NULL THEN excluded.thumb ELSE history.thumb END,
    thumbed_at = greatest(history.thumbed_at, excluded.thumbed_at),
    watchlisted = CASE WHEN history.listed_at IS NULL
        OR (excluded.listed_at, excluded.watchlisted) > (history.listed_at, history.watchlisted)
        THEN excluded.watchlisted ELSE history.watchlisted END,
    listed_at = greatest(history.listed_at, excluded.listed_at),
    last_at = greatest(history.last_at, excluded.last_at),
    watched_at = greatest(history.watched_at, excluded.watched_at),
    dismissed_at = greatest(history.dismissed_at, excluded.dismissed_at)
"""

HISTORY_COLUMNS: Final = (
    "viewer_id, title_id, watched_portion, completed, rating, thumb, watchlisted, last_at, "
    "rated_at, thumbed_at, listed_at, watched_at, dismissed_at"
)

# The ledger decides what is new, in order of the ids, so that no two replicas wait for each other. One statement with
# all rows as JSON costs less processor time than COPY into a staging table, up to some hundred events a commit.
_INSERT = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(events)s::jsonb) AS one ({_RECORD})
), fresh AS (
    INSERT INTO event_ledger SELECT event_id FROM given ORDER BY event_id
    ON CONFLICT DO NOTHING RETURNING event_id
), new AS (
    INSERT INTO event ({_COLUMNS})
    SELECT {_COLUMNS} FROM given JOIN fresh USING (event_id)
    WHERE {WANTED}
    RETURNING event_id, event_type, viewer_id, title_id, occurred_at, value, watched_portion
), merged AS (
    INSERT INTO history ({HISTORY_COLUMNS})
    SELECT viewer_id, title_id, max(watched_portion) FILTER (WHERE active),
        bool_or(event_type = 'complete'),
        (array_agg(value ORDER BY occurred_at DESC, value DESC) FILTER (WHERE rated))[1],
        (array_agg(value ORDER BY occurred_at DESC, value DESC) FILTER (WHERE thumbed))[1],
        coalesce((array_agg(added ORDER BY occurred_at DESC, added DESC) FILTER (WHERE listed))[1],
            false),
        max(occurred_at) FILTER (WHERE active), max(occurred_at) FILTER (WHERE rated),
        max(occurred_at) FILTER (WHERE thumbed), max(occurred_at) FILTER (WHERE listed),
        max(occurred_at) FILTER (WHERE watching), max(occurred_at) FILTER (WHERE dismissed)
    FROM (
        SELECT *, event_type <> ALL (%(passive)s) AS active,
            event_type = 'rating' AS rated, event_type = 'thumb' AS thumbed,
            event_type = 'watchlist_add' AS added,
            event_type IN ('watchlist_add', 'watchlist_remove') AS listed,
            event_type = ANY (%(watching)s) AS watching, event_type = 'dismiss' AS dismissed
        FROM new
    ) AS told
    WHERE (active OR dismissed) AND title_id IS NOT NULL
    GROUP BY viewer_id, title_id
    ORDER BY viewer_id, title_id
    {MERGE}
)
SELECT event_id::text FROM new
"""  # noqa: S608  the parts are the names of the schema above, never a caller's words


_STOOD: Final = """
SELECT session_id, occurred_at, event_type, position_seconds FROM event
WHERE viewer_id = %(viewer)s AND title_id = %(title)s AND event_type = ANY (%(watching)s)
    AND occurred_at >= %(since)s AND occurred_at < %(until)s
"""
_LOOKING: Final = frozenset(PASSIVE) - {EventType.DISMISS.value, EventType.CLICK.value}


def append(
    database: Database, events: Sequence[dict[str, Any]], partitions: Partitions | None = None
) -> set[str]:
    """Write events and the histories that follow from them; all or none.

    Parameters
    ----------
    database : Database
    events : sequence of dict
        Rows of the EVENTS schema; absent columns are empty. Of several with one ``event_id``, a UUID, the
        first counts.
    partitions : Partitions, optional
        Spares looking at what partitions there are.

    Returns
    -------
    set of str
        The event ids that were new; what was taken back is never new.

    Raises
    ------
    DatabaseDownError
        If the database does not answer; nothing was written.
    """
    partitions = partitions or Partitions(database)
    once = list({one["event_id"]: one for one in reversed(events)}.values())
    kinds = {"passive": list(PASSIVE), "watching": list(WATCHING)}
    given = {"events": orjson.dumps(once).decode(), **kinds}

    def write(connection: Connection) -> set[str]:
        new = {row[0] for row in connection.exec_driver_sql(_INSERT, given)}
        tell(connection, changed(events))
        return new

    days = {one["occurred_at"].astimezone(UTC).date() for one in events}
    partitions.ensure(days)
    try:
        return database.retried(write)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _NO_PARTITION:
            raise
        partitions.forget()  # a day's was dropped since it was last looked for
        partitions.ensure(days)
        return database.retried(write)


def stood(
    connection: Connection, viewer_id: str, title_id: str, since: datetime, until: datetime
) -> list[Stood]:
    """Return where a viewer's players stood in a title between two moments, the first included."""
    given = {"viewer": viewer_id, "title": title_id, "since": since, "until": until}
    return [
        Stood(*row)
        for row in connection.exec_driver_sql(_STOOD, {**given, "watching": list(WATCHING)})
    ]


def changed(events: Sequence[dict[str, Any]]) -> set[str]:
    """Return the viewers whose page may be another after events: all but those who only looked."""
    return {one["viewer_id"] for one in events if one["event_type"] not in _LOOKING}

"""What is known of a viewer, read from ``viewer`` and ``history``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from features.interactions import Engagement
from recsys.page.fatigue import HALF_LIFE_DAYS
from recsys.page.resuming import HABIT_DAYS, SITTINGS, Watched
from recsys.schema import WATCHING
from serving.database import Connection, Database
from serving.driver import rows_of
from serving.taste.service import wishes_of
from serving.taste.wishes import NONE, Wishes

SESSION_HOURS: Final = 2
"""For so long it tells what a viewer is after that a title was opened."""
LONGEST: Final = 5000
"""Entries of a history that are read, the latest; none of a person's is longer."""

READ: Final = 2000
"""Events of a player that are read of a viewer, the latest: some send one every few seconds."""

_MOMENTS = ", ".join(
    f"(extract(epoch FROM {name}) * 1000000)::bigint"
    for name in ("last_at", "watched_at", "dismissed_at")
)
# One statement sees viewer and history as of one moment; what was said and shown may be a moment newer.
# Languages as one text, since they stand in every row.
_KNOWN = f"""
SELECT viewer.region, viewer.maximum_age, array_to_string(languages, ' '),
    title_id, watched_portion, completed, rating, thumb, watchlisted, {_MOMENTS}
FROM (SELECT %(viewer)s::text AS viewer_id) AS asked
LEFT JOIN viewer USING (viewer_id) LEFT JOIN preference USING (viewer_id)
    LEFT JOIN history USING (viewer_id)
ORDER BY last_at DESC NULLS LAST, title_id LIMIT %(longest)s
"""  # noqa: S608  names of this file
_LOOKED_AT = f"""
SELECT title_id,
    sum(power(0.5, extract(epoch FROM now() - occurred_at) / {86_400 * HALF_LIFE_DAYS}))
        FILTER (WHERE event_type = 'impression')::float8,
    (extract(epoch FROM max(occurred_at) FILTER (WHERE event_type = 'click'
        AND occurred_at BETWEEN now() - interval '{SESSION_HOURS} hours' AND now())) * 1000000)::bigint
        AS opened_at
FROM event
WHERE viewer_id = %(viewer)s AND event_type IN ('impression', 'click') AND title_id IS NOT NULL
    AND occurred_at > now() - interval '{4 * HALF_LIFE_DAYS} days'
GROUP BY title_id ORDER BY opened_at DESC NULLS LAST, title_id
"""  # noqa: S608  numbers of ours
# Who does not say what a sitting is has one a day. The latest first, since those are what is read.
_WATCHED = """
SELECT sitting, title_id, (extract(epoch FROM began_at) * 1000000)::bigint
FROM (
    SELECT coalesce(session_id, ((occurred_at AT TIME ZONE 'UTC')::date)::text) AS sitting, title_id,
        min(occurred_at) AS began_at
    FROM (
        SELECT session_id, title_id, occurred_at FROM event
        WHERE viewer_id = %(viewer)s AND event_type = ANY (%(watching)s) AND title_id IS NOT NULL
            AND occurred_at > now() - %(days)s * interval '1 day' AND occurred_at <= now()
        ORDER BY occurred_at DESC LIMIT %(read)s
    ) AS late
    GROUP BY sitting, title_id
) AS begun
ORDER BY began_at DESC, title_id DESC LIMIT %(most)s
"""
_PLACE = """
SELECT region, maximum_age, array_to_string(languages, ' ')
FROM viewer LEFT JOIN preference USING (viewer_id) WHERE viewer_id = %(viewer)s
"""
_LIMIT = "SELECT maximum_age FROM viewer WHERE viewer_id = %(viewer)s"
_LIMITS = "SELECT viewer_id, maximum_age FROM viewer WHERE maximum_age IS NOT NULL"
_CHANGED = """
SELECT viewer_id, maximum_age FROM viewer WHERE changed_at > now() - %(seconds)s * interval '1 second'
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of one viewer."""

    region: str
    maximum_age: int | None
    engagement: Engagement
    wishes: Wishes = NONE
    shown: Mapping[str, float] = field(default_factory=dict)
    """How often each title was shown, long ago counting less."""
    opened: tuple[str, ...] = ()
    """Titles whose details were opened in this session and in no pause, the latest first."""
    watched: tuple[Watched, ...] = ()
    """What was watched in which sitting and in no pause, of late, in the order of time."""
    languages: tuple[str, ...] = ()
    """That the profile prefers."""


NOBODY: Final = Known("", None, Engagement.of([]))
"""A viewer of whom nothing is known."""


def read(database: Database, viewer_id: str) -> Known:
    """Return what is known of a viewer; events of the last moment included.

    Raises
    ------
    DatabaseDownError
        If the database does not answer.
    """
    given = {"viewer": viewer_id, "longest": LONGEST}
    with database.reading() as connection:
        rows = rows_of(connection, _KNOWN, given)
        wishes = wishes_of(connection, viewer_id)
        looked_at = rows_of(connection, _LOOKED_AT, given)
        sat = _watched(connection, viewer_id, wishes) if rows[0][3] is not None else ()
    region, maximum_age, languages, title_id, *_ = rows[0]
    watched = [row[3:] for row in rows] if title_id is not None else []
    shown = {title: times for title, times, _ in looked_at if times}
    opened = [(title, at) for title, _, at in looked_at if at is not None]
    paused = wishes.pauses.inside(np.array([at for _, at in opened], "M8[us]"))
    heard = tuple(title for (title, _), out in zip(opened, paused, strict=True) if not out)
    engagement = Engagement.of_rows(watched)
    reads = _tags(languages)
    return Known(region or "", maximum_age, engagement, wishes, shown, heard, sat, reads)


def read_taste(database: Database, viewer_id: str) -> Known:
    """Return where a viewer is, what was watched and what was said, and nothing of what was shown or opened.

    Raises
    ------
    DatabaseDownError
        If the database does not answer.
    """
    with database.reading() as connection:
        rows = rows_of(connection, _KNOWN, {"viewer": viewer_id, "longest": LONGEST})
        wishes = wishes_of(connection, viewer_id) if rows[0][3] is not None else NONE
    region, maximum_age, languages, title_id, *_ = rows[0]
    watched = [row[3:] for row in rows] if title_id is not None else []
    engagement = Engagement.of_rows(watched)
    return Known(region or "", maximum_age, engagement, wishes, languages=_tags(languages))


def _tags(languages: str | None) -> tuple[str, ...]:
    return tuple((languages or "").split())


def _watched(connection: Connection, viewer_id: str, wishes: Wishes) -> tuple[Watched, ...]:
    given = {"viewer": viewer_id, "watching": list(WATCHING), "most": SITTINGS}
    given |= {"days": HABIT_DAYS, "read": READ}
    rows = rows_of(connection, _WATCHED, given)[::-1]
    out = wishes.pauses.inside(np.array([at for *_, at in rows], "M8[us]"))
    # Numbers, since what a page was made from is kept, and nobody's sittings need names there.
    numbers: dict[str, int] = {}
    return tuple(
        Watched(numbers.setdefault(sitting, len(numbers)), title)
        for (sitting, title, _), hidden in zip(rows, out, strict=True)
        if not hidden
    )


def read_place(database: Database, viewer_id: str) -> Known:
    """Return where a viewer is and what may be shown there, and nothing of what was done.

    Raises
    ------
    DatabaseDownError
        If the database does not answer.
    """
    with database.reading() as connection:
        rows = rows_of(connection, _PLACE, {"viewer": viewer_id})
    if not rows:
        return NOBODY
    region, maximum_age, languages = rows[0]
    return Known(region or "", maximum_age, NOBODY.engagement, languages=_tags(languages))


def limit_of(connection: Connection, viewer_id: str | None) -> int | None:
    """Return the strictest maturity of one viewer, in years, if there is a limit."""
    row = connection.exec_driver_sql(_LIMIT, {"viewer": viewer_id}).first()
    return None if row is None else row[0]


def limits(database: Database) -> dict[str, int]:
    """Return the strictest maturity, in years, of each viewer who has one.

    Raises
    ------
    DatabaseDownError
        If the database does not answer.
    """
    with database.transaction() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql(_LIMITS)}


def changed_limits(database: Database, seconds: float) -> dict[str, int | None]:
    """Return what is known, in years or None for no limit, of each viewer of whom it changed of late.

    Raises
    ------
    DatabaseDownError
        If the database does not answer.
    """
    with database.reading() as connection:
        rows = connection.exec_driver_sql(_CHANGED, {"seconds": seconds})
        return {row[0]: row[1] for row in rows}

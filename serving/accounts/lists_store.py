"""A viewer's watchlist and history, read from ``history``."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from serving.database import Connection

LONGEST: Final = 5000
"""Titles of a watchlist that are read, the newest."""


_PLACE: Final = """
SELECT region, maximum_age, languages
FROM viewer LEFT JOIN preference USING (viewer_id) WHERE viewer_id = %(viewer)s
"""
_LISTED: Final = f"""
SELECT title_id, listed_at FROM history WHERE viewer_id = %(viewer)s AND watchlisted
ORDER BY listed_at DESC, title_id LIMIT {LONGEST}
"""  # noqa: S608  a number of ours
_LISTED_AT: Final = """
SELECT title_id, listed_at, watchlisted FROM history
WHERE viewer_id = %(viewer)s AND title_id = ANY (%(titles)s) AND listed_at IS NOT NULL
"""
_REMOVED_AT: Final = (
    "SELECT removed_at FROM removed_title WHERE viewer_id = %(viewer)s AND title_id = %(title)s"
)
_WATCHED: Final = """
SELECT title_id, watched_portion, completed, rating, thumb, watched_at FROM history
WHERE viewer_id = %(viewer)s AND watched_at IS NOT NULL
    AND (%(before)s::timestamptz IS NULL OR (watched_at, title_id) < (%(before)s, %(title)s))
ORDER BY watched_at DESC, title_id DESC LIMIT %(most)s
"""


class Line(NamedTuple):
    """A title of a history."""

    title_id: str
    watched_portion: float | None
    completed: bool
    rating: float | None
    thumb: float | None
    watched_at: datetime


class ListedLine(NamedTuple):
    """A title that was put on a watchlist, and perhaps taken from it again."""

    title_id: str
    listed_at: datetime
    watchlisted: bool


def place(connection: Connection, viewer_id: str) -> tuple[str, int | None, list[str]]:
    """Return a viewer's region, "" where unknown, limit in years, and languages, the most wanted first."""
    row = connection.exec_driver_sql(_PLACE, {"viewer": viewer_id}).first()
    return ("", None, []) if row is None else (row[0] or "", row[1], row[2] or [])


def watchlist(connection: Connection, viewer_id: str) -> list[tuple[str, datetime]]:
    """Return the titles of a watchlist with when each was put there, the newest first."""
    rows = connection.exec_driver_sql(_LISTED, {"viewer": viewer_id}).all()
    return [(title, moment) for title, moment in rows]


def listed(connection: Connection, viewer_id: str, titles: list[str]) -> list[ListedLine]:
    """Return those of some titles that ever were on the watchlist."""
    given = {"viewer": viewer_id, "titles": titles}
    return [ListedLine(*row) for row in connection.exec_driver_sql(_LISTED_AT, given)]


def removed_at(connection: Connection, viewer_id: str, title: str) -> datetime | None:
    """Return up to when nothing counts that was done with a title, if it was taken out of the history."""
    given = {"viewer": viewer_id, "title": title}
    moment: datetime | None = connection.exec_driver_sql(_REMOVED_AT, given).scalar()
    return moment


def watched(
    connection: Connection, viewer_id: str, before: tuple[datetime, str] | None, most: int
) -> list[Line]:
    """Return titles of a history, the latest first, that come after a place in it."""
    moment, title = before or (None, "")
    given = {"viewer": viewer_id, "before": moment, "title": title, "most": most}
    return [Line(*row) for row in connection.exec_driver_sql(_WATCHED, given)]

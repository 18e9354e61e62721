"""What is known of a viewer, read from ``viewer`` and ``history``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from features.interactions import Engagement
from serving.database import Database

LONGEST: Final = 5000
"""Entries of a history that are read, the latest; none of a person's is longer."""

# One statement is one trip to the database, and sees viewer and history as of one moment.
_KNOWN = """
SELECT viewer.region, viewer.maximum_age, title_id, watched_portion, completed, rating, thumb, watchlisted,
    (extract(epoch FROM last_at) * 1000000)::bigint
FROM (SELECT %(viewer)s::text AS viewer_id) AS asked
LEFT JOIN viewer USING (viewer_id) LEFT JOIN history USING (viewer_id)
ORDER BY last_at DESC, title_id LIMIT %(longest)s
"""
_LIMITS = "SELECT viewer_id, maximum_age FROM viewer WHERE maximum_age IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of one viewer."""

    region: str
    maximum_age: int | None
    engagement: Engagement


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
        rows = connection.exec_driver_sql(_KNOWN, given).all()
    region, maximum_age, title_id, *_ = rows[0]
    watched = [row[2:] for row in rows] if title_id is not None else []
    return Known(region or "", maximum_age, _engagement(watched))


def limits(database: Database) -> dict[str, int]:
    """Return the strictest maturity, in years, of each viewer who has one.

    Raises
    ------
    DatabaseDownError
        If the database does not answer.
    """
    with database.transaction() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql(_LIMITS)}


def _engagement(rows: Sequence[Sequence[Any]]) -> Engagement:
    if not rows:
        return NOBODY.engagement
    ids, portions, completed, ratings, thumbs, listed, moments = zip(*rows, strict=True)
    portion, rating, thumb = (
        np.array(column, np.float64) for column in (portions, ratings, thumbs)
    )
    done = np.array(completed, bool)
    return Engagement(
        title_ids=np.array(ids, object),
        watched_portion=portion,
        completed=done,
        rating=rating,
        thumb=thumb,
        watchlisted=np.array(listed, bool),
        episodes=(done | (portion > 0)).astype(np.int64),
        last_at=np.array(moments, "datetime64[us]"),
    )

"""The tables ``trending_period`` and ``trending_count``, and the events that they are counted from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import orjson

from recsys.schema import WATCHING
from serving.database import Connection

LOCK: Final = 7_203_943
"""Key of the advisory lock under which one replica counts what all would."""

_MADE: Final = "SELECT begins FROM trending_period WHERE begins = ANY(%(periods)s::timestamptz[])"
# By arrival, so that an event is counted in one period and in no other; an old one that arrives now is no news.
# Which titles a viewer is counted for, where there are more than are counted, is chance.
_COUNTED: Final = """
WITH pair AS (
    SELECT DISTINCT event.viewer_id, coalesce(event.region, viewer.region, '') AS region,
        coalesce(title.series_id, event.title_id) AS title_id
    FROM event
    JOIN viewer ON viewer.viewer_id = event.viewer_id AND viewer.consent
    LEFT JOIN title ON title.title_id = event.title_id
    WHERE received_at >= %(begins)s AND received_at < %(ends)s
        AND occurred_at > %(begins)s::timestamptz - interval '1 day'
        AND event_type = ANY(%(watching)s) AND event.title_id IS NOT NULL
), bounded AS (
    SELECT *, row_number() OVER (PARTITION BY viewer_id ORDER BY random()) AS at FROM pair
)
SELECT region, title_id, count(*) FROM bounded WHERE at <= %(most)s GROUP BY region, title_id
"""
_REGIONS: Final = "SELECT DISTINCT coalesce(region, '') FROM viewer"
_KEEP_PERIOD: Final = "INSERT INTO trending_period (begins) VALUES (%(begins)s)"
_KEEP: Final = """
INSERT INTO trending_count (begins, region, title_id, viewers)
SELECT %(begins)s, region, title_id, viewers
FROM jsonb_to_recordset(%(counts)s::jsonb) AS given (region text, title_id text, viewers bigint)
"""
_FORGET: Final = "DELETE FROM trending_period WHERE begins < %(oldest)s"
_READ: Final = """
SELECT title_id, begins, sum(viewers)::bigint FROM trending_count
WHERE begins = ANY(%(periods)s::timestamptz[]) AND (%(region)s = '' OR region = %(region)s)
GROUP BY title_id, begins
"""


def missing(connection: Connection, periods: Iterable[datetime]) -> list[datetime]:
    """Return which periods were not counted yet, by their beginning."""
    wanted = list(periods)
    made = {row[0] for row in connection.exec_driver_sql(_MADE, {"periods": wanted})}
    return [one for one in wanted if one not in made]


def alone(connection: Connection) -> None:
    """Wait until no other replica counts, and keep the others waiting until the transaction ends."""
    connection.exec_driver_sql(
        "SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '30s'"
    )
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")


def counted(
    connection: Connection, begins: datetime, ends: datetime, most: int
) -> dict[str, dict[str, int]]:
    """Return how many consenting viewers watched each title, by region; each viewer is in ``most`` counts at most."""
    given = {"begins": begins, "ends": ends, "most": most, "watching": list(WATCHING)}
    found: dict[str, dict[str, int]] = {}
    for region, title, count in connection.exec_driver_sql(_COUNTED, given):
        found.setdefault(region, {})[title] = count
    return found


def regions(connection: Connection) -> list[str]:
    """Return the regions that viewers are of; "" is of those of whom it is not known."""
    return [row[0] for row in connection.exec_driver_sql(_REGIONS)]


def keep(
    connection: Connection,
    begins: datetime,
    counts: Mapping[str, Mapping[str, int]],
    oldest: datetime,
) -> None:
    """Keep the counts of a period, and let go of periods that nobody asks for any more."""
    rows = [
        {"region": region, "title_id": title, "viewers": viewers}
        for region, titles in counts.items()
        for title, viewers in titles.items()
    ]
    connection.exec_driver_sql(_KEEP_PERIOD, {"begins": begins})
    given = {"begins": begins, "counts": orjson.dumps(rows).decode()}
    connection.exec_driver_sql(_KEEP, given)
    connection.exec_driver_sql(_FORGET, {"oldest": oldest})


def read(
    connection: Connection, periods: Iterable[datetime], region: str
) -> list[tuple[str, datetime, int]]:
    """Return the counts of a region, or of all together, by title and period."""
    given = {"periods": list(periods), "region": region}
    return [tuple(row) for row in connection.exec_driver_sql(_READ, given)]

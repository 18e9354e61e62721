"""Viewers whom the page may offer to look at."""

from __future__ import annotations

from typing import Any, Final

from serving.database import Database

_SAMPLE: Final = """
SELECT viewer_id, titles, maximum_age FROM (
    SELECT *, row_number() OVER (
        PARTITION BY maximum_age IS NULL
        ORDER BY titles BETWEEN 8 AND 120 DESC, md5(viewer_id)) AS place
    FROM (SELECT viewer_id, count(last_at) AS titles FROM history GROUP BY viewer_id) AS counted
    LEFT JOIN viewer USING (viewer_id)
) AS placed
WHERE place <= CASE WHEN maximum_age IS NULL THEN 8 ELSE 2 END
ORDER BY maximum_age DESC NULLS FIRST, viewer_id
"""


def sample(database: Database) -> list[dict[str, Any]]:
    """Return a few viewers with a history of middling length, two of them with a limit of age.

    Raises
    ------
    DatabaseDownError
        If the database does not answer.
    """
    with database.transaction() as connection:
        return [dict(row) for row in connection.exec_driver_sql(_SAMPLE).mappings()]

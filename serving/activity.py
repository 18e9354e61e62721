"""How many viewers there are, from what the database knows of them: asked for as the meters are read, and seldom."""

from __future__ import annotations

import threading
import time
from typing import Final

import structlog

from serving.database import Database, DatabaseDownError, DBAPIError
from serving.metrics import Metrics

log = structlog.get_logger()

SECONDS: Final = 300.0
"""How long one count serves: every history is looked at for it."""
_COUNT: Final = """
SELECT count(*) FILTER (WHERE last_at > now() - interval '30 days'),
    count(*) FILTER (WHERE last_at <= now() - interval '30 days')
FROM (
    SELECT max(last_at) AS last_at FROM history
    WHERE last_at BETWEEN now() - interval '60 days' AND now() + interval '1 day' GROUP BY viewer_id
) AS seen
"""


class Activity:
    """Counts the viewers of the last 30 days, and those of the 30 days before who did not come back.

    Parameters
    ----------
    database : Database
    metrics : Metrics
    """

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database, self._metrics = database, metrics
        self._looked_at = -SECONDS
        self._lock = threading.Lock()

    def look(self) -> None:
        """Count anew where the last count is old; one that fails leaves the last one standing."""
        if time.monotonic() - self._looked_at < SECONDS or not self._lock.acquire(blocking=False):
            return
        try:
            with self._database.reading() as connection:
                active, lost = connection.exec_driver_sql(_COUNT).one()
            self._metrics.viewers.labels("active").set(active)
            self._metrics.viewers.labels("lost").set(lost)
            self._looked_at = time.monotonic()
        except DatabaseDownError:
            pass  # it is found out and told elsewhere
        except DBAPIError as error:
            self._looked_at = time.monotonic()
            log.warning("activity.unknown", error=str(error.orig))
        finally:
            self._lock.release()

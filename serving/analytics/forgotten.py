"""What was taken back, and does not come again: by an event that arrives late, nor by an ingest."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from recsys.schema import TIME
from serving.database import Connection

# One look into each index a row: as a join it would read the whole table of removals for every commit.
WANTED: Final = """
coalesce(given.occurred_at > (
    SELECT removed_at FROM removed_title AS removed
    WHERE removed.viewer_id = given.viewer_id AND removed.title_id = given.title_id), true)
AND coalesce((
    SELECT erased_at IS NULL FROM viewer WHERE viewer.viewer_id = given.viewer_id), true)
"""
"""Which rows of a table of events called ``given`` may be taken in."""

TAKEN_BACK: Final = pa.schema(
    [("viewer_id", pa.string()), ("title_id", pa.string()), ("removed_at", TIME)]
)

_READ: Final = """
SELECT viewer_id, title_id, removed_at FROM removed_title
UNION ALL SELECT viewer_id, NULL, NULL FROM viewer WHERE erased_at IS NOT NULL
"""


def taken_back(connection: Connection) -> pa.Table:
    """Return titles that were taken out of histories, and viewers who were erased: those have no title."""
    rows = connection.exec_driver_sql(_READ).mappings()
    return pa.Table.from_pylist([dict(row) for row in rows], TAKEN_BACK)

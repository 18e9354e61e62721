"""The table ``made_page``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Final
from uuid import UUID

from serving.database import Connection


@dataclass(frozen=True, slots=True)
class Line:
    """A page that was made.

    Attributes
    ----------
    recommendation_id : UUID
    made_at : datetime
    viewer_id : str, optional
        Whose it is, so that a viewer can be forgotten.
    bundle_id, catalog, policy : str
        Which of each it was made with; the last two are digests.
    tag : str
        Of the bytes of the whole page.
    made_from : bytes
        Who asked for what; see ``record``.
    """

    recommendation_id: UUID
    made_at: datetime
    viewer_id: str | None
    bundle_id: str
    catalog: str
    policy: str
    tag: str
    made_from: bytes


_COLUMNS: Final = ", ".join(field.name for field in fields(Line))
_KEEP: Final = f"""
INSERT INTO made_page ({_COLUMNS}) VALUES ({", ".join(["%s"] * len(fields(Line)))}) ON CONFLICT DO NOTHING
"""  # noqa: S608  names of this file
_READ: Final = f"""
SELECT {_COLUMNS} FROM made_page
WHERE recommendation_id = %(page)s AND made_at > now() - %(days)s * interval '1 day'
"""  # noqa: S608
_FORGET: Final = """
DELETE FROM made_page WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM made_page WHERE made_at <= now() - %(days)s * interval '1 day' LIMIT %(most)s))
"""


def keep(connection: Connection, lines: Sequence[Line]) -> None:
    """Write pages down; one that is there already stays as it is."""
    connection.exec_driver_sql(_KEEP, [astuple(line) for line in lines])


def read(connection: Connection, recommendation_id: UUID, days: float) -> Line | None:
    """Return a page, if it is there still and was made no longer ago."""
    given = {"page": recommendation_id, "days": days}
    row = connection.exec_driver_sql(_READ, given).first()
    return None if row is None else Line(*row)


def forget(connection: Connection, days: float, most: int) -> int:
    """Forget pages that were made longer ago, at most so many, and return how many there were."""
    return connection.exec_driver_sql(_FORGET, {"days": days, "most": most}).rowcount

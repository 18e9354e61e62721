"""The table ``review``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from serving.database import Connection
from serving.feedback.contracts import Review

_COLUMNS: Final = "review_id, title_id, text, stars, state, revision, written_at, reason"
# The same words again change nothing; others are to be read anew.
_WRITE: Final = f"""
INSERT INTO review (review_id, viewer_id, title_id, text, stars, state, revision, written_at)
VALUES (%(id)s, %(viewer)s, %(title)s, %(text)s, %(stars)s, 'pending', 1, now())
ON CONFLICT (viewer_id, title_id) DO UPDATE SET
    stars = coalesce(excluded.stars, review.stars), text = excluded.text,
    state = CASE WHEN review.text = excluded.text THEN review.state ELSE 'pending' END,
    revision = review.revision + CASE WHEN review.text = excluded.text THEN 0 ELSE 1 END,
    written_at = CASE WHEN review.text = excluded.text THEN review.written_at ELSE now() END,
    decided_at = CASE WHEN review.text = excluded.text THEN review.decided_at END,
    decided_by = CASE WHEN review.text = excluded.text THEN review.decided_by END,
    reason = CASE WHEN review.text = excluded.text THEN review.reason END
RETURNING {_COLUMNS}
"""  # noqa: S608  names of this file
_STARS: Final = f"""
UPDATE review SET stars = %(stars)s WHERE viewer_id = %(viewer)s AND title_id = %(title)s
RETURNING {_COLUMNS}
"""  # noqa: S608
_OWN: Final = f"""
SELECT {_COLUMNS} FROM review WHERE viewer_id = %(viewer)s
    AND (%(title)s::text IS NULL OR title_id = %(title)s) ORDER BY written_at, review_id
"""  # noqa: S608
_DELETE: Final = "DELETE FROM review WHERE viewer_id = %(viewer)s AND title_id = %(title)s"
_LISTED: Final = f"""
SELECT {_COLUMNS} FROM review WHERE state = %(state)s
    AND (%(after)s::uuid IS NULL OR (written_at, review_id) >
        (SELECT written_at, review_id FROM review WHERE review_id = %(after)s))
ORDER BY written_at, review_id LIMIT %(limit)s
"""  # noqa: S608
_DECIDE: Final = f"""
UPDATE review SET state = %(state)s, reason = %(reason)s, decided_at = now(), decided_by = %(by)s
WHERE review_id = %(id)s AND revision = %(revision)s RETURNING {_COLUMNS}
"""  # noqa: S608
_REVISION: Final = "SELECT revision FROM review WHERE review_id = %(id)s"


def write(connection: Connection, given: dict[str, Any]) -> Review:
    """Keep a text in place of what the viewer wrote of the title before."""
    return _review(connection.exec_driver_sql(_WRITE, given).one())


def rate(connection: Connection, given: dict[str, Any]) -> Review | None:
    """Put other stars on a review, if there is one."""
    row = connection.exec_driver_sql(_STARS, given).first()
    return None if row is None else _review(row)


def own(connection: Connection, viewer_id: str, title_id: str | None = None) -> list[Review]:
    """Return what a viewer wrote, of one title or of all."""
    given = {"viewer": viewer_id, "title": title_id}
    return [_review(row) for row in connection.exec_driver_sql(_OWN, given)]


def delete(connection: Connection, viewer_id: str, title_id: str) -> None:
    """Forget what a viewer wrote of a title."""
    connection.exec_driver_sql(_DELETE, {"viewer": viewer_id, "title": title_id})


def listed(connection: Connection, state: str, after: UUID | None, limit: int) -> list[Review]:
    """Return reviews of a state, the earliest first."""
    given = {"state": state, "after": after, "limit": limit}
    return [_review(row) for row in connection.exec_driver_sql(_LISTED, given)]


def decide(connection: Connection, given: dict[str, Any]) -> Review | None:
    """Decide on a revision; None if it is not the newest, or there is no such review."""
    row = connection.exec_driver_sql(_DECIDE, given).first()
    return None if row is None else _review(row)


def revision(connection: Connection, review_id: UUID) -> int | None:
    """Return the newest revision of a review, if there is one."""
    row = connection.exec_driver_sql(_REVISION, {"id": review_id}).first()
    return None if row is None else int(row[0])


def _review(row: Sequence[Any]) -> Review:
    names = (
        "review_id",
        "content_id",
        "text",
        "stars",
        "state",
        "revision",
        "written_at",
        "reason",
    )
    return Review.model_validate(dict(zip(names, row, strict=True)))

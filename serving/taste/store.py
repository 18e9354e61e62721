"""The tables ``taste_edit``, ``taste_pause`` and ``taste_kept``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson

from features.interactions import Engagement
from features.pauses import NEVER, Pauses
from recsys.page.edits import Edit, Kind
from serving.database import Connection
from serving.driver import rows_of
from serving.taste.wishes import NONE, Wishes


def _microseconds(column: str) -> str:
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


_READ: Final = f"""
SELECT (SELECT json_agg(json_build_array(kind, value, wish) ORDER BY kind, value)
        FROM taste_edit WHERE viewer_id = %(viewer)s),
    (SELECT json_agg(json_build_array({_microseconds("began_at")}, {_microseconds("ended_at")}))
        FROM taste_pause WHERE viewer_id = %(viewer)s)
"""  # noqa: S608  names of this file
_STATE: Final = "title_id, watched_portion, completed, rating, thumb, watchlisted"
_MOMENTS: Final = ("last_at", "watched_at", "dismissed_at")
_KEPT: Final = f"""
SELECT {_STATE}, {", ".join(_microseconds(column) for column in _MOMENTS)}
FROM taste_kept WHERE viewer_id = %(viewer)s
"""  # noqa: S608

_COLUMNS: Final = ", ".join((_STATE, *_MOMENTS))
# What was last taken up in an earlier pause is kept already, as it was before that one.
_KEEP: Final = f"""
INSERT INTO taste_kept (viewer_id, {_COLUMNS})
SELECT viewer_id, {_COLUMNS} FROM history
WHERE viewer_id = %(viewer)s AND last_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM taste_pause WHERE taste_pause.viewer_id = history.viewer_id
        AND last_at >= began_at AND last_at < coalesce(ended_at, 'infinity'))
ORDER BY title_id
ON CONFLICT (viewer_id, title_id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS.split(", ")[1:])}
"""  # noqa: S608
_PAUSE: Final = """
INSERT INTO taste_pause (viewer_id, began_at) VALUES (%(viewer)s, now()) ON CONFLICT DO NOTHING
"""
_PAUSED: Final = "SELECT FROM taste_pause WHERE viewer_id = %(viewer)s AND ended_at IS NULL"
_RESUME: Final = """
UPDATE taste_pause SET ended_at = now() WHERE viewer_id = %(viewer)s AND ended_at IS NULL
"""
_SAY: Final = """
INSERT INTO taste_edit (viewer_id, kind, value, wish)
SELECT %(viewer)s, kind, value, wish
FROM jsonb_to_recordset(%(edits)s::jsonb) AS said (kind text, value text, wish text)
ORDER BY kind, value
ON CONFLICT (viewer_id, kind, value) DO UPDATE SET wish = excluded.wish
"""
_UNSAY: Final = """
DELETE FROM taste_edit USING jsonb_to_recordset(%(edits)s::jsonb) AS said (kind text, value text)
WHERE viewer_id = %(viewer)s AND taste_edit.kind = said.kind
    AND lower(taste_edit.value) = lower(said.value)
"""
_FORGET: Final = "DELETE FROM taste_edit WHERE viewer_id = %(viewer)s"


def read(connection: Connection, viewer_id: str) -> Wishes:
    """Return what a viewer said."""
    given = {"viewer": viewer_id}
    ((edits, spans),) = rows_of(connection, _READ, given)
    if not edits and not spans:
        return NONE
    pauses = NEVER
    if spans:
        kept = connection.exec_driver_sql(_KEPT, given).all()
        pauses = Pauses.of(spans, Engagement.of_rows([tuple(row) for row in kept]))
    return Wishes(tuple(Edit(*edit) for edit in edits or ()), pauses)


def say(connection: Connection, viewer_id: str, edits: Sequence[Edit]) -> None:
    """Keep edits, each in place of what was said of its word before."""
    said = [{"kind": one.kind, "value": one.value, "wish": one.wish} for one in edits]
    connection.exec_driver_sql(_SAY, _given(viewer_id, said))


def unsay(connection: Connection, viewer_id: str, words: Sequence[tuple[Kind, str]]) -> None:
    """Forget what was said of some words, each a kind and a value."""
    said = [{"kind": kind, "value": value} for kind, value in words]
    connection.exec_driver_sql(_UNSAY, _given(viewer_id, said))


def forget(connection: Connection, viewer_id: str) -> None:
    """Forget what was said of all words."""
    connection.exec_driver_sql(_FORGET, {"viewer": viewer_id})


def pause(connection: Connection, viewer_id: str) -> None:
    """Begin a pause, unless one lasts, and keep the history as it is."""
    given = {"viewer": viewer_id}
    if connection.exec_driver_sql(_PAUSED, given).first() is None:
        connection.exec_driver_sql(_KEEP, given)
        connection.exec_driver_sql(_PAUSE, given)


def resume(connection: Connection, viewer_id: str) -> None:
    """End the pause that lasts, if one does."""
    connection.exec_driver_sql(_RESUME, {"viewer": viewer_id})


def _given(viewer_id: str, said: list[dict[str, str]]) -> dict[str, str]:
    return {"viewer": viewer_id, "edits": orjson.dumps(said).decode()}

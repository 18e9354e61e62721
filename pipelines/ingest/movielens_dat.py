"""The MovieLens 1M folder: ``movies.dat``, ``users.dat`` and ``ratings.dat``, cells parted by "::"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.ingest.chunks import Chunk, flawless, unreadable
from pipelines.ingest.movielens import consenting, rating_events, titles_of
from pipelines.query import query
from recsys.errors import InputError
from recsys.schema import EVENTS

SEQUENCES = "sequences.parquet"

_WATCHED = """
    SELECT CAST(md5('movielens/' || concat_ws('/', user_id, "position", movie_id)) AS UUID)::VARCHAR
               AS event_id,
           'complete' AS event_type, user_id::VARCHAR AS viewer_id, movie_id::VARCHAR AS title_id,
           TIMESTAMP '2000-01-01' + to_seconds("position") AS occurred_at
    FROM sequences
"""


def read_dat_folder(folder: Path) -> Iterator[Chunk]:
    """Read titles, viewers and ratings; text is Latin-1. The licence is the viewers' consent.

    Where ``sequences.parquet`` (``user_id``, ``position``, ``movie_id``) stands in for ``ratings.dat``
    only the order is known: each entry becomes a ``complete`` event, and a viewer's events are one
    second apart from 2000-01-01, which is no real time.
    """
    movies, _ = _cells(folder / "movies.dat", ("movieId", "title", "genres"))
    names = ("userId", "movieId", "tag")
    no_tags = pa.table({name: pa.array([], pa.string()) for name in names})
    yield flawless(folder / "movies.dat", "titles", titles_of(movies, no_tags, folder))
    users, _ = _cells(folder / "users.dat", ("userId", "gender", "age", "occupation", "zip"))
    yield flawless(folder / "users.dat", "viewers", consenting(users["userId"]))
    if (folder / "ratings.dat").is_file():
        yield from _ratings(folder / "ratings.dat")
    else:
        yield _sequences(folder / SEQUENCES)


def _ratings(path: Path) -> Iterator[Chunk]:
    rows, ragged = _cells(path, ("userId", "movieId", "rating", "timestamp"))
    lines = np.setdiff1d(np.arange(1, len(rows) + len(ragged) + 1), list(ragged))
    yield rating_events(path, rows, lines)
    if ragged:
        yield unreadable(path, "events", ragged, "not four cells parted by ::")


def _sequences(path: Path) -> Chunk:
    try:
        sequences = pq.read_table(path, columns=["user_id", "position", "movie_id"])
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            expected="Parquet with user_id, position, movie_id", got=error, where=path
        ) from None
    watched = query(_WATCHED, sequences=sequences)
    columns = {field.name: pa.nulls(len(watched), field.type) for field in EVENTS}
    columns |= {name: watched[name].cast(EVENTS.field(name).type) for name in watched.column_names}
    return flawless(path, "events", pa.table(columns))


def _cells(path: Path, columns: tuple[str, ...]) -> tuple[pa.Table, dict[int, str]]:
    """Return the cells as text, and by line number the lines with too many or too few."""
    try:
        lines = pa.array(path.read_text(encoding="latin-1").splitlines(), pa.string())
    except OSError as error:
        raise InputError(expected="a readable file", got=error, where=path) from None
    parts = pc.split_pattern(lines, "::")
    whole = pc.equal(pc.list_value_length(parts), len(columns))
    broken = np.flatnonzero(~whole.to_numpy(zero_copy_only=False))
    ragged = dict(zip((broken + 1).tolist(), lines.take(broken).to_pylist(), strict=True))
    parts = parts.filter(whole)
    cells = {name: pc.list_element(parts, place) for place, name in enumerate(columns)}
    return pa.table(cells), ragged

"""The MovieLens csv folders: ratings, movies, tags."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
from numpy.typing import NDArray

from pipelines.ingest.chunks import ROWS, Chunk, flawless, unreadable
from pipelines.ingest.coerce import coerce
from pipelines.ingest.metadata import with_metadata
from pipelines.query import query
from recsys.errors import InputError
from recsys.schema import EVENTS, TITLES, VIEWERS

_RATINGS = ("userId", "movieId", "rating", "timestamp")
_TAGS = ("userId", "movieId", "tag", "timestamp")

_EVENTS = """
    SELECT CAST(md5('movielens/' || concat_ws('/', "userId", "movieId", "timestamp")) AS UUID)::VARCHAR
               AS event_id,
           'rating' AS event_type, "userId" AS viewer_id, "movieId" AS title_id,
           strftime(make_timestamp(TRY_CAST("timestamp" AS BIGINT) * 1000000), '%Y-%m-%dT%H:%M:%SZ')
               AS occurred_at,
           rating AS value
    FROM ratings
"""

_TITLES = r"""
    WITH named AS (
        SELECT "movieId" AS title_id, genres,
               regexp_extract(title, '\((\d{4})(?:[-\x{2013}]\d{0,4})?\)\s*$', 1) AS year,
               trim(regexp_replace(title, '\(\d{4}(?:[-\x{2013}]\d{0,4})?\)\s*$', '')) AS name
        FROM movies),
    tagged AS (
        SELECT title_id, list(tag ORDER BY n DESC, tag) AS keywords
        FROM (SELECT "movieId" AS title_id, lower(trim(tag)) AS tag, count(DISTINCT "userId") AS n
              FROM tags GROUP BY ALL)
        WHERE tag <> '' GROUP BY title_id)
    SELECT title_id, 'movie' AS title_type,
           regexp_replace(name, '^(.+?), (The|A|An|Les|La|Le|L''|Der|Die|Das|El|Il|Los|Las)( \(.*)?$', '\2 \1\3')
               AS name,
           CASE WHEN genres = '(no genres listed)' THEN NULL ELSE string_split(genres, '|') END AS genres,
           TRY_CAST(year AS INTEGER) AS release_year,
           keywords[:50] AS keywords
    FROM named LEFT JOIN tagged USING (title_id)
    ORDER BY title_id
"""


def read_csv_folder(folder: Path, before: datetime | None = None) -> Iterator[Chunk]:
    """Read ``movies.csv``, ``tags.csv`` (if there) and ``ratings.csv``.

    Stars become ``rating`` events with ``value``; how much was watched is unknown. An event's id is
    made of user, movie and time, so that a second reading gives the same ids. Keywords are the
    tags, most often given first, at most 50; with ``before`` those that were given by then.
    The licence of the data is the viewers' consent.
    """
    yield flawless(folder / "movies.csv", "titles", _titles(folder, before))
    viewers: list[pa.Array] = []
    for chunk in _ratings(folder / "ratings.csv"):
        viewers.append(pc.unique(chunk.table["viewer_id"]))
        yield chunk
    everyone = pa.chunked_array(viewers, pa.string())
    yield flawless(folder / "ratings.csv", "viewers", consenting(everyone))


def consenting(viewer_ids: pa.Array) -> pa.Table:
    """Return VIEWERS who may be learned from, one a distinct id that is not null."""
    ids = pc.drop_null(pc.unique(viewer_ids))
    ids = ids.take(pc.sort_indices(ids))
    columns = {
        "viewer_id": ids,
        "consent": pa.array(np.ones(len(ids), bool)),
        "region": pa.nulls(len(ids), pa.string()),
        "maximum_age": pa.nulls(len(ids), pa.int32()),
    }
    return pa.table(columns, schema=VIEWERS)


def titles_of(movies: pa.Table, tags: pa.Table, folder: Path) -> pa.Table:
    """Return TITLES of ``movieId``, ``title`` as "Matrix, The (1999)", ``genres`` as "Action|War".

    Parameters
    ----------
    movies : pyarrow.Table
        Text columns ``movieId``, ``title``, ``genres``.
    tags : pyarrow.Table
        Text columns ``userId``, ``movieId``, ``tag``.
    folder : Path
        Where further facts may lie (``pipelines.ingest.metadata``).
    """
    table = query(_TITLES, movies=movies, tags=tags)
    return with_metadata(coerce(table, TITLES)[0], folder)


def rating_events(path: Path, ratings: pa.Table, lines: NDArray[np.int64]) -> Chunk:
    """Return events of text columns ``userId``, ``movieId``, ``rating``, ``timestamp`` (seconds)."""
    table, faults = coerce(query(_EVENTS, ratings=ratings), EVENTS)
    return Chunk(path, "events", table, lines, ratings, faults)


def read_text_csv(path: Path, columns: tuple[str, ...]) -> pa.Table:
    """Read a csv file, every cell as text.

    Raises
    ------
    InputError
        If the file is missing, empty, ragged, or lacks one of ``columns``.
    """
    tables = []
    for rows, ragged in _batches(path, columns):
        if ragged:
            line, text = next(iter(ragged.items()))
            raise InputError(
                expected="as many cells as the header has", got=repr(text), where=f"{path}:{line}"
            )
        tables.append(rows)
    if not tables:
        raise InputError(expected=f"rows of {list(columns)}", got="none", where=path)
    return pa.concat_tables(tables)


def _titles(folder: Path, before: datetime | None) -> pa.Table:
    movies = read_text_csv(folder / "movies.csv", ("movieId", "title", "genres"))
    if (folder / "tags.csv").is_file():
        tags = _given(read_text_csv(folder / "tags.csv", _TAGS), before)
    else:
        tags = pa.table({name: pa.array([], pa.string()) for name in _TAGS})
    return titles_of(movies, tags, folder)


def _given(tags: pa.Table, before: datetime | None) -> pa.Table:
    if before is None:
        return tags
    early = 'SELECT * FROM tags WHERE TRY_CAST("timestamp" AS BIGINT) < {:d}'
    return query(early.format(math.ceil(before.timestamp())), tags=tags)


def _ratings(path: Path) -> Iterator[Chunk]:
    line = 2  # the first is the header
    for rows, ragged in _batches(path, _RATINGS):
        lines = np.setdiff1d(np.arange(line, line + len(rows) + len(ragged)), list(ragged))
        yield rating_events(path, rows, lines)
        if ragged:
            yield unreadable(path, "events", ragged, "another number of cells than the header")
        line += len(rows) + len(ragged)


def _batches(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[pa.Table, dict[int, str]]]:
    """Yield rows as text, and by line number those with too many or too few cells."""
    ragged: dict[int, str] = {}

    def note(row: pc_csv.InvalidRow) -> str:
        ragged[row.number] = row.text
        return "skip"

    try:
        reader = pc_csv.open_csv(
            path,
            # Without threads the reader knows the number of a line.
            pc_csv.ReadOptions(block_size=ROWS * 24, use_threads=False),
            pc_csv.ParseOptions(invalid_row_handler=note),
            pc_csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.string())
            ),
        )
        for batch in reader:
            yield pa.Table.from_batches([batch]), dict(ragged)
            ragged.clear()
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise InputError(
            expected=f"a csv file with columns {list(columns)}",
            got=str(error).splitlines()[0],
            where=path,
        ) from None

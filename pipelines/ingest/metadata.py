"""Text and people for titles that come without them, from a ``movie_metadata.parquet`` nearby."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.query import query
from recsys.errors import InputError
from recsys.schema import TITLES

NAME = "movie_metadata.parquet"

_COLUMNS = ("movie_id", "overview", "directors", "cast", "keywords", "year", "runtime_minutes")

_JOIN = """
    WITH known AS (
        SELECT CAST(movie_id AS VARCHAR) AS title_id, trim(overview) AS overview,
               list_transform("cast", lambda one: one.name) AS actors,
               list_transform(directors, lambda one: {'name': one.name, 'role': 'director'}) AS directors,
               CAST(year AS INTEGER) AS year, runtime_minutes * 60 AS seconds,
               coalesce(keywords, []) AS words
        FROM metadata),
    together AS (
        SELECT t.*, k.* EXCLUDE (title_id, words),
               coalesce(k.words, []) || coalesce(t.keywords, []) AS words
        FROM titles t LEFT JOIN known k USING (title_id))
    SELECT * REPLACE (
        coalesce(description, nullif(overview, '')) AS description,
        coalesce(release_year, year) AS release_year,
        coalesce(duration_seconds, nullif(seconds, 0)) AS duration_seconds,
        coalesce("cast", actors) AS "cast",
        coalesce(crew, directors) AS crew,
        nullif(list_filter(words, lambda word, i: list_position(words, word) = i), []) AS keywords)
    FROM together ORDER BY title_id
"""


def with_metadata(titles: pa.Table, place: Path) -> pa.Table:
    """Fill what the titles lack from a file, or from the one in a folder or the folder above, if there is one.

    The file has one row a ``movie_id`` (the title id as a number) with ``overview``, ``directors``
    and ``cast`` (lists of structs with a ``name``), ``keywords``, ``year``, ``runtime_minutes``. What a
    title already has stays; keywords are joined, the file's first.

    Raises
    ------
    InputError
        If the file cannot be read or lacks a column.
    """
    for path in (place, place / NAME, place.parent / NAME):
        if path.is_file():
            return _join(titles, _read(path))
    return titles


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path, columns=list(_COLUMNS)).select(_COLUMNS)
    except (pa.ArrowException, KeyError, OSError) as error:
        raise InputError(
            expected=f"a Parquet file with columns {list(_COLUMNS)}", got=error, where=path
        ) from None


def _join(titles: pa.Table, metadata: pa.Table) -> pa.Table:
    joined = query(_JOIN, titles=titles, metadata=metadata)
    return pa.table([joined[f.name].cast(f.type) for f in TITLES], names=TITLES.names)

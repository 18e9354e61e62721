"""Files in our own schemas, JSON lines or Parquet, recognised by their columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ingest.chunks import SCHEMAS, WORDS, Chunk
from pipelines.ingest.coerce import coerce
from pipelines.ingest.jsonl import keys_of, read_jsonl
from pipelines.ingest.metadata import NAME as METADATA
from recsys.errors import InputError

_MARKS = {
    "events": {"event_id", "event_type"},
    "titles": {"title_id", "title_type", "name"},
    "viewers": {"viewer_id", "consent"},
}
"""The columns by which a kind is recognised."""

_ROWS = 65_536
"""Rows of a chunk: few enough for the processor's cache, which halves the time that reading takes."""

_TEXT = (".jsonl", ".ndjson")


def files_below(path: Path) -> list[Path]:
    """Return the files of our formats at or below a path, in order of their names."""
    files = [path] if path.is_file() else path.rglob("*")
    return sorted(
        file
        for file in files
        if file.suffix in (".parquet", *_TEXT)
        and file.name != METADATA
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def read_files(files: list[Path]) -> Iterator[Chunk]:
    """Read files of titles, then of viewers, then of events.

    Raises
    ------
    InputError
        If a file is empty, cannot be read, or has the columns of none of the three kinds.
    """
    kinds = {file: _kind(file) for file in files}
    for wanted in ("titles", "viewers", "events"):
        for file in files:
            if kinds[file] == wanted:
                yield from _read(file, wanted)


def _read(file: Path, kind: str) -> Iterator[Chunk]:
    return read_jsonl(file, kind) if file.suffix in _TEXT else _parquet(file, kind)


def _kind(file: Path) -> str:
    if not file.stat().st_size:
        raise InputError(expected="rows", got="an empty file", where=file)
    names = keys_of(file) if file.suffix in _TEXT else set(_open(file).schema_arrow.names)
    for kind, marks in _MARKS.items():
        if marks <= names:
            return kind
    if not names:
        return "events"  # Not one line of it is JSON, as its rows will show.
    raise InputError(
        expected="columns of events, titles or viewers, such as "
        + "; or ".join(", ".join(sorted(marks)) for marks in _MARKS.values()),
        got=", ".join(sorted(names)[:12]),
        where=file,
    )


def _parquet(file: Path, kind: str) -> Iterator[Chunk]:
    schema, first = SCHEMAS[kind], 0
    opened = _open_events(file) if kind == "events" else _open(file)
    columns = [name for name in opened.schema_arrow.names if name in schema.names]
    try:
        for batch in opened.iter_batches(_ROWS, columns=columns):
            rows = pa.Table.from_batches([batch])
            table, faults = coerce(rows, schema)
            yield Chunk(file, kind, table, np.arange(first, first + len(rows)), rows, faults)
            first += len(rows)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None
    except InputError as error:
        raise InputError(expected=error.expected, got=error.got, where=file) from None


def _open_events(file: Path) -> pq.ParquetFile:
    """Leave words in the file's dictionaries, where they are quicker to read and to check."""
    given = _open(file).schema_arrow
    return _open(file, [name for name in WORDS if name in given.names and _is_text(given, name)])


def _is_text(schema: pa.Schema, name: str) -> bool:
    return bool(schema.field(name).type == pa.string())


def _open(file: Path, words: list[str] | None = None) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file, read_dictionary=words)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> InputError:
    return InputError(
        expected="a whole Parquet file",
        got=str(error).splitlines()[0],
        where=file,
        hint="Copy or write the file again",
    )

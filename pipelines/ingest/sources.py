"""What lies at a path, recognised by the names of its files, and read as our tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import pyarrow as pa

from pipelines.ingest import movielens, movielens_dat, ours
from pipelines.ingest.chunks import SCHEMAS, Chunk
from recsys.errors import InputError
from recsys.schema import TITLES


@dataclass(frozen=True, slots=True)
class Source:
    """A whole data set in memory, unchecked: a row that cannot be read is left out.

    Attributes
    ----------
    events : pyarrow.Table
        EVENTS.
    titles : pyarrow.Table
        TITLES.
    viewers : pyarrow.Table
        VIEWERS.
    """

    events: pa.Table
    titles: pa.Table
    viewers: pa.Table


def read(path: Path) -> Source:
    """Read all that lies at a path, as ``chunks`` does.

    Raises
    ------
    InputError
        If nothing there is known, or a file cannot be read.
    """
    tables: dict[str, list[pa.Table]] = {kind: [] for kind in SCHEMAS}
    for chunk in chunks(path):
        tables[chunk.kind].append(chunk.table.filter(chunk.faults.is_null()))
    return Source(
        **{
            kind: pa.concat_tables([schema.empty_table(), *(t.cast(schema) for t in tables[kind])])
            for kind, schema in SCHEMAS.items()
        }
    )


def titles_before(path: Path, moment: datetime) -> pa.Table:
    """Read the titles alone, as TITLES, without the tags that viewers gave from a moment on."""
    first = takewhile(lambda chunk: chunk.kind == "titles", chunks(path, moment))
    tables = [chunk.table.filter(chunk.faults.is_null()).cast(TITLES) for chunk in first]
    return pa.concat_tables([TITLES.empty_table(), *tables])


def chunks(path: Path, before: datetime | None = None) -> Iterator[Chunk]:
    """Yield the titles, events and viewers that lie at a path, titles first.

    With ``before``, what viewers said about titles from that moment on is left out of the titles.

    A path is one of

    - a MovieLens folder: ``ratings.csv``, ``movies.csv`` and perhaps ``tags.csv``;
    - a MovieLens 1M folder: ``movies.dat``, ``users.dat`` and ``ratings.dat`` or ``sequences.parquet``;
    - a file of events, titles or viewers in our schemas, as ``.parquet`` or ``.jsonl``;
    - a folder with such files in it, at any depth.

    Raises
    ------
    InputError
        If nothing there is known, or a file cannot be read.
    """
    if _has(path, "movies.csv") and _has(path, "ratings.csv"):
        return movielens.read_csv_folder(path, before)
    if _has(path, "movies.dat") and _has(path, "users.dat"):
        return movielens_dat.read_dat_folder(path)
    if files := ours.files_below(path):
        return ours.read_files(files)
    raise InputError(
        expected="a MovieLens folder, or .jsonl or .parquet files of events, titles or viewers",
        got="nothing known" if path.exists() else "nothing",
        where=path,
    )


def _has(folder: Path, name: str) -> bool:
    return (folder / name).is_file()

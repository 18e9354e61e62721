"""What lies at a path, recognised by the names of its files, and read as our tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.ingest import movielens
from pipelines.ingest.chunks import SCHEMAS, Chunk
from recsys.errors import InputError


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


def chunks(path: Path) -> Iterator[Chunk]:
    """Yield the titles, then the events and viewers, that lie at a path.

    A path is a MovieLens folder (``ratings.csv``, ``movies.csv``).

    Raises
    ------
    InputError
        If nothing there is known, or a file cannot be read.
    """
    if (path / "ratings.csv").is_file() and (path / "movies.csv").is_file():
        return movielens.read_csv_folder(path)
    raise InputError(
        expected="a MovieLens folder, or files of events, titles or viewers",
        got="nothing known" if path.exists() else "nothing",
        where=path,
    )

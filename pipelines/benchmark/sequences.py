"""Histories in order: from ``sequences.parquet``, or from the events of any folder that can be ingested."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipelines.benchmark.events import Events
from pipelines.benchmark.pairs import (
    catalog_of,
    check_filled,
    check_once,
    described,
    ids_of,
    interactions,
    occurring,
    read_columns,
)
from recsys.errors import InputError
from recsys.ids import IdMap
from recsys.interactions import Interactions
from recsys.schema import EARLIEST, TITLES
from recsys.titles import Titles

SEQUENCES, MOVIES = "sequences.parquet", "movies.dat"
VIEWER, POSITION = "user_id", "position"


def read_ordered(path: Path, metadata: Path | None = None) -> tuple[Interactions, Titles]:
    """Read who watched what in which order, and the titles that anybody watched.

    Parameters
    ----------
    path : Path
        A folder with ``sequences.parquet`` (``user_id``, ``position`` and one more column, the title's id)
        and perhaps ``movies.dat``; or what ``recsys ingest`` could read, ordered by time.
    metadata : Path, optional
        A ``movie_metadata.parquet`` with what titles are about; by default one in the folder or the
        folder above.

    Raises
    ------
    InputError
        If nothing known lies at the path, or a value is not what it should be.
    """
    if (path / SEQUENCES).is_file():
        return _sequences(path, metadata)
    events = Events.read(path)
    # Without the tags that viewers wrote, some of them about what is to be found.
    whole, titles = occurring(events.whole(), events.titles_before(EARLIEST))
    return whole, titles if metadata is None else _about(titles.ids, titles.table, metadata)


def _sequences(path: Path, metadata: Path | None) -> tuple[Interactions, Titles]:
    file = path / SEQUENCES
    column = _title_column(file)
    table = read_columns(file, (VIEWER, POSITION, column))
    viewers = ids_of(table[VIEWER], f"{file}, {VIEWER}")
    titles = ids_of(table[column], f"{file}, {column}")
    places = _places(table[POSITION], file)
    check_once(viewers, titles, str(file))
    check_once(viewers, places, str(file), "position")
    catalog = catalog_of(titles)
    known = _movies(path) if (path / MOVIES).is_file() else TITLES.empty_table()
    return interactions(viewers, titles, catalog, places), _about(catalog, known, metadata or path)


def _title_column(file: Path) -> str:
    try:
        names = pq.read_schema(file).names
    except (pa.ArrowException, OSError) as error:
        raise InputError(expected="a Parquet file", got=error, where=file) from None
    others = [name for name in names if name not in {VIEWER, POSITION}]
    if len(others) != 1 or len(names) != 3:
        raise InputError(
            expected=f"the columns {VIEWER}, {POSITION} and one more, the title's id",
            got=names,
            where=file,
        )
    return others[0]


def _places(column: pa.ChunkedArray, file: Path) -> NDArray[np.int64]:
    if not pa.types.is_integer(column.type):
        raise InputError(expected="whole numbers", got=column.type, where=f"{file}, {POSITION}")
    check_filled(column, f"{file}, {POSITION}")
    return column.to_numpy().astype(np.int64)


def _movies(folder: Path) -> pa.Table:
    """Return the titles of a MovieLens 1M folder, whose reader yields them first."""
    from pipelines.ingest.movielens_dat import read_dat_folder  # noqa: PLC0415

    chunk = next(read_dat_folder(folder))
    return chunk.table.filter(chunk.faults.is_null()).cast(TITLES)


def _about(ids: IdMap, known: pa.Table, place: Path) -> Titles:
    from pipelines.ingest.metadata import with_metadata  # noqa: PLC0415

    return described(ids, with_metadata(described(ids, known).table, place))

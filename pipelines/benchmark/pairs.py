"""Pairs of viewer and title from a file of numbers or names, checked, as interactions and a catalog."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import IdMap
from recsys.interactions import Histories, Interactions
from recsys.schema import TITLES, TitleType
from recsys.titles import Titles

Ids = NDArray[np.object_]
"""Ids as text."""

ORIGIN = np.datetime64("2000-01-01T00:00:00", "s")
"""Where only the order is known, entries are a second apart from here on, which is no real time."""


def read_columns(path: Path, names: tuple[str, ...]) -> pa.Table:
    """Read columns of a Parquet file.

    Raises
    ------
    InputError
        If the file or a column is missing, or there is no row.
    """
    if not path.is_file():
        raise InputError(expected=f"a Parquet file with {list(names)}", got="no file", where=path)
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(expected="a Parquet file", got=error, where=path) from None
    for name in names:
        if name not in table.column_names:
            raise InputError(expected=f"a column {name}", got=table.column_names, where=path)
    if not len(table):
        raise InputError(expected="at least one row", got="none", where=path)
    return table.select(names)


def ids_of(column: pa.ChunkedArray | pa.Array, where: str) -> Ids:
    """Return numbers of at least 0, or text, as ids.

    Raises
    ------
    InputError
        If a value is missing, a number is negative or the column is of another kind.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    check_filled(column, where)
    kind = column.type
    if pa.types.is_integer(kind):
        low = np.flatnonzero(column.to_numpy() < 0)
        if len(low):
            got = column[int(low[0])].as_py()
            raise InputError(expected="ids of at least 0", got=got, where=f"{where}, row {low[0]}")
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise InputError(expected="whole numbers or text", got=kind, where=where)
    return column.cast(pa.string()).to_numpy(zero_copy_only=False)


def check_filled(column: pa.ChunkedArray | pa.Array, where: str) -> None:
    """Raise InputError if a value is missing; ``where`` gets the row."""
    if column.null_count:
        row = pc.index(column.is_null(), value=True).as_py()
        raise InputError(expected="a value", got="none", where=f"{where}, row {row}")


def check_once(
    viewers: Ids, others: Ids | NDArray[np.int64], where: str, what: str = "title"
) -> None:
    """Raise InputError if a viewer has a title, or what else it is, twice; ``where`` gets the row."""
    rows, columns = pd.factorize(viewers)[0], pd.factorize(others)[0]
    again = repeated(rows * (columns.max(initial=0) + 1) + columns)
    if again is not None:
        raise InputError(
            expected=f"each {what} of a viewer once",
            got=f"{what} {others[again]} of viewer {viewers[again]} twice",
            where=f"{where}, row {again}",
        )


def repeated(values: NDArray[np.int64]) -> int | None:
    """Return the first place whose value came before, if there is one."""
    again = np.flatnonzero(pd.Series(values).duplicated().to_numpy())
    return int(again[0]) if len(again) else None


def catalog_of(*ids: Ids) -> IdMap:
    """Return the distinct ids of several columns."""
    return IdMap(pd.unique(np.concatenate(ids)).tolist())


def interactions(
    viewers: Ids, titles: Ids, catalog: IdMap, place: NDArray[np.int64] | None = None
) -> Interactions:
    """Build interactions of weight 1.

    Parameters
    ----------
    viewers, titles : ids (n_pairs,)
        Each pair once; titles of the catalog.
    catalog : IdMap
    place : int64 (n_pairs,), optional
        The order in a viewer's history. Without it all times are equal and titles are in the order of
        their ids, so that how a file lists them says nothing.
    """
    people = catalog_of(viewers)
    rows, columns = people.internal(viewers), catalog.internal(titles)
    order = np.lexsort((columns if place is None else place, rows))
    lengths = np.bincount(rows, minlength=len(people))
    steps = np.arange(len(order)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    moments = ORIGIN + (0 * steps if place is None else steps)
    histories = Histories(
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        titles=columns[order],
        weights=np.ones(len(order), np.float32),
        occurred_at=moments,
        first_at=moments,
        watched_portion=np.ones(len(order), np.float32),
        regions=np.full(len(people), "", dtype="U2"),
        n_titles=len(catalog),
    )
    return Interactions(histories, people, catalog)


def described(ids: IdMap, known: pa.Table) -> Titles:
    """Return the titles of some ids as a table of TITLES knows them; of others the id alone."""
    place = pc.index_in(pa.array(ids.values, pa.string()), value_set=known["title_id"])
    found = known.take(place)
    bare = Titles.bare(ids).table
    kind = pa.scalar(TitleType.MOVIE.value)
    columns = {name: found[name] for name in TITLES.names}
    columns["title_id"] = bare["title_id"]
    columns["name"] = pc.coalesce(found["name"], bare["name"])
    columns["title_type"] = pc.coalesce(found["title_type"], kind)
    return Titles(pa.table(columns, schema=TITLES), ids)


def occurring(whole: Interactions, titles: Titles) -> tuple[Interactions, Titles]:
    """Leave out the titles that nobody ever watched."""
    used = np.unique(whole.histories.titles)
    ids = IdMap(titles.ids.external(used).tolist())
    numbers = np.searchsorted(used, whole.histories.titles).astype(np.int32)
    again = replace(whole.histories, titles=numbers, n_titles=len(ids))
    return (
        Interactions(again, whole.viewer_ids, ids),
        Titles(titles.table.take(pa.array(used)).combine_chunks(), ids),
    )

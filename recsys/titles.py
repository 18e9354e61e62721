"""The catalog as models see it: one row a title, aligned with the internal ids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import IdMap
from recsys.schema import ADDED, TITLES, TitleType


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles that can be recommended: row ``i`` of ``table`` is internal id ``i``.

    Attributes
    ----------
    table : pyarrow.Table
        Of the TITLES schema, sorted by ``title_id``.
    ids : IdMap
    """

    table: pa.Table
    ids: IdMap

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def from_table(cls, table: pa.Table) -> Titles:
        """Align a table with the internal ids; episodes are left out, their series stand for them.

        Raises
        ------
        InputError
            If a column is missing or an id comes twice.
        """
        table = whole(table)
        table = table.filter(pc.not_equal(table["title_type"], TitleType.EPISODE))
        ids = IdMap(table["title_id"].to_pylist())
        if len(ids) != len(table):
            raise InputError(
                expected="each title_id once",
                got=f"{len(table) - len(ids)} repeated ids",
                where="titles",
            )
        order = ids.internal(table["title_id"].to_pylist()).argsort()
        return cls(table.take(pa.array(order)).combine_chunks(), ids)

    @classmethod
    def bare(cls, ids: IdMap) -> Titles:
        """Return movies of which nothing but the id is known, for data without a catalog."""
        columns = {name: pa.nulls(len(ids), TITLES.field(name).type) for name in TITLES.names}
        columns["title_id"] = columns["name"] = pa.array(ids.values, pa.string())
        columns["title_type"] = pa.array([TitleType.MOVIE] * len(ids), pa.string())
        return cls(pa.table(columns, schema=TITLES), ids)

    @classmethod
    def read(cls, path: Path) -> Titles:
        """Read a Parquet file of the TITLES schema.

        Raises
        ------
        InputError
            If the file is missing or not Parquet, or its table is not what ``from_table`` takes.
        """
        if not path.is_file():
            raise InputError(expected="a Parquet file of titles", got="no file", where=path)
        try:
            table = pq.read_table(path)
        except pa.ArrowException as error:
            raise InputError(expected="a Parquet file of titles", got=error, where=path) from error
        return cls.from_table(table)

    def debuts(self) -> NDArray[np.datetime64]:
        """Return when each title came, datetime64[us]: when it became available, else its year; NaT if unknown."""
        years = pc.subtract(self.table["release_year"].cast(pa.int64()), 1970)
        numbers = years.to_numpy(zero_copy_only=False)
        known = ~np.isnan(numbers.astype(float))
        came = np.full(len(self), "NaT", "datetime64[us]")
        came[known] = numbers[known].astype("datetime64[Y]").astype("datetime64[us]")
        begins = self.table["available_from"].cast(pa.timestamp("us"))
        available = begins.to_numpy(zero_copy_only=False)
        return np.where(np.isnat(available), came, available)


def whole(table: pa.Table) -> pa.Table:
    """Return a table of titles with all columns of TITLES, and no others; what came to the schema later may be missing.

    Raises
    ------
    InputError
        If another column is.
    """
    missing = [name for name in TITLES.names if name not in table.column_names]
    if strange := [name for name in missing if name not in ADDED]:
        raise InputError(
            expected=f"columns {TITLES.names}", got=f"none of {strange}", where="titles"
        )
    for name in missing:
        table = table.append_column(
            TITLES.field(name), pa.nulls(len(table), TITLES.field(name).type)
        )
    return table.select(TITLES.names).cast(TITLES)


def with_old(catalog: pa.Table, old: pa.Table) -> pa.Table:
    """Return a catalog, followed by what only an older one holds: viewers' histories speak of it."""
    lost = pc.invert(pc.is_in(old["title_id"], catalog["title_id"].combine_chunks()))
    return pa.concat_tables([whole(catalog), whole(old).filter(lost)])

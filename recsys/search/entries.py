"""What of a catalog is searched: one entry a title and an episode, read off a table of TITLES in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.schema import MATURITY_AGES, TitleType
from recsys.search.folding import spellings
from recsys.titles import whole
from recsys.translations import Translations

ENTRIES: Final = pa.schema(
    [
        ("title_id", pa.string()),
        ("name", pa.string()),  # folded; its other spellings follow, each on a line
        ("series", pa.int32()),  # an episode's series, by its place here; -1 is none
        ("type", pa.int8()),  # a place in TYPES
        ("year", pa.int16()),  # 0 is unknown
        ("age", pa.int8()),
    ]
)
TYPES: Final = tuple(map(str, TitleType))
EPISODE: Final = TYPES.index(TitleType.EPISODE)
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Entries:
    """Titles by their ids, then episodes by theirs; an entry is known by its place, a number from 0.

    Attributes
    ----------
    table : pyarrow.Table
        Of ``ENTRIES``.
    n_titles : int
        Those that are no episodes.
    series : int32 (n,)
    types : int8 (n,)
    years : int16 (n,)
    ages : int8 (n,)
    outdated : bool (n,)
        Those in whose place a later entry stands.
    """

    table: pa.Table
    n_titles: int
    series: NDArray[np.int32]
    types: NDArray[np.int8]
    years: NDArray[np.int16]
    ages: NDArray[np.int8]
    outdated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def of(cls, catalog: pa.Table) -> Self:
        """Read the entries of a catalog that ``in_order`` put in order."""
        ids = catalog["title_id"]
        columns = [
            ids,
            pa.array(
                ["\n".join(_spellings(several)) for several in names_of(catalog)], pa.string()
            ),
            pc.fill_null(pc.index_in(catalog["series_id"], ids.combine_chunks()), NONE),
            pc.index_in(catalog["title_type"], pa.array(TYPES)).cast(pa.int8()),
            _years(catalog["release_year"]),
            pc.index_in(catalog["maturity_rating"], pa.array(list(MATURITY_AGES))),
        ]
        ages = np.array([*MATURITY_AGES.values(), max(MATURITY_AGES.values())], np.int8)
        known = pc.fill_null(columns[-1], len(ages) - 1).to_numpy()
        columns[-1] = pa.array(ages[known])
        # A title stands for itself, whatever its row says of a series.
        own = pc.not_equal(columns[3], EPISODE)
        columns[2] = pc.if_else(own, NONE, columns[2])
        table = pa.table(columns, ENTRIES.names).cast(ENTRIES).combine_chunks()
        return cls.from_table(table)

    @classmethod
    def from_table(cls, table: pa.Table) -> Self:
        """Read what ``write`` wrote."""
        series, types, years, ages = (
            table[name].to_numpy() for name in ("series", "type", "year", "age")
        )
        n_titles = int((types != EPISODE).sum())
        return cls(table, n_titles, series, types, years, ages, np.zeros(len(table), bool))

    def over(self, later: Entries) -> Entries:
        """Return these with later ones: the titles of both, then the episodes of both."""
        each = [self._moved(0, later.n_titles), later._moved(self.n_titles, len(self))]
        parts = [
            *(table.slice(0, one.n_titles) for table, one in zip(each, (self, later), strict=True)),
            *(table.slice(one.n_titles) for table, one in zip(each, (self, later), strict=True)),
        ]
        whole = self.from_table(pa.concat_tables(parts).combine_chunks())
        ids = whole.table["title_id"].combine_chunks()
        renewed = pc.is_in(ids, later.table["title_id"].combine_chunks()).to_numpy(
            zero_copy_only=False
        )
        new = np.zeros(len(whole), bool)
        new[self.n_titles : whole.n_titles] = True
        new[whole.n_titles + len(self) - self.n_titles :] = True
        return replace(whole, outdated=renewed & ~new)

    def _moved(self, titles: int, episodes: int) -> pa.Table:
        """Return the table with other places of series."""
        at = self.series.astype(np.int32)
        moved = at + np.where(at < self.n_titles, titles, episodes)
        series = pa.array(np.where(at == NONE, NONE, moved).astype(np.int32))
        return self.table.set_column(
            ENTRIES.get_field_index("series"), ENTRIES.field("series"), series
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Map a file of ``write`` into memory.

        Raises
        ------
        InputError
            If there is no such file, or it is another.
        """
        return cls.from_table(mapped(path, ENTRIES))

    def names(self, places: NDArray[np.int64]) -> list[str]:
        """Return the folded names of some entries, all spellings of each, a line for each."""
        return self.table["name"].take(pa.array(places)).to_pylist()


def names_of(catalog: pa.Table) -> list[list[str]]:
    """Return the names of each title, its own first and then those in other languages."""
    names = [[name] for name in catalog["name"].to_pylist()]
    for of_row in Translations.of(catalog).names.values():
        for row, name in of_row.items():
            if name not in names[row]:
                names[row].append(name)
    return names


def _spellings(names: list[str]) -> Iterator[str]:
    return iter(dict.fromkeys(one for name in names for one in spellings(name)))


def in_order(catalog: pa.Table) -> pa.Table:
    """Return a catalog in the order of its entries, so that the same titles always give the same places.

    Raises
    ------
    InputError
        If a column is missing, an id or a name is, or an id comes twice.
    """
    table = whole(catalog)
    ids = table["title_id"]
    if len(pc.unique(ids)) != len(ids) or ids.null_count or table["name"].null_count:
        raise InputError(
            expected="each title_id once, with a name", got="some twice or empty", where="titles"
        )
    later = pc.equal(table["title_type"], str(TitleType.EPISODE)).cast(pa.int8())
    order = pc.sort_indices(
        pa.table({"later": later, "id": ids}),
        sort_keys=[("later", "ascending"), ("id", "ascending")],
    )
    return table.take(order).combine_chunks()


def write(table: pa.Table, path: Path) -> None:
    """Write a table so that it can be mapped into memory."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=max(len(table), 1))


def mapped(path: Path, schema: pa.Schema) -> pa.Table:
    """Map a file of ``write`` into memory.

    Raises
    ------
    InputError
        If there is no such file, or it is another.
    """
    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except (OSError, pa.ArrowException) as error:
        raise InputError(expected="a part of an index", got=error, where=path) from None
    if table.schema != schema:
        raise InputError(expected=schema.names, got=table.schema.names, where=path)
    return table.combine_chunks()


def _years(column: pa.ChunkedArray) -> pa.ChunkedArray:
    known = pc.fill_null(column, 0)
    return pc.if_else(pc.less(pc.abs(known), 10_000), known, 0).cast(pa.int16())

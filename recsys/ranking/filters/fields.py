"""What a filter may speak of: fields of titles, and how the values of each are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.schema import MATURITY_AGES
from recsys.titles import Titles

Value = str | float | np.datetime64

WORDS: Final = {
    "title": "title_id",
    "type": "title_type",
    "name": "name",
    "genre": "genres",
    "keyword": "keywords",
    "actor": "cast",
    "director": "crew",
    "language": "languages",
    "maturity_rating": "maturity_rating",
}
"""Fields of words, each with its column; a title may have several of each."""

NUMBERS: Final = {
    "release_year": "release_year",
    "duration_minutes": "duration_seconds",
    "maturity_age": "maturity_rating",
}
MOMENTS: Final = {"available_from": "available_from", "available_until": "available_until"}
SETS: Final = ("watchlist", "watched")
"""Titles of the one who asks, for whom ``title in watchlist`` is read anew."""

FIELDS: Final = (*WORDS, *NUMBERS, *MOMENTS)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of every title, read off a catalog once.

    Attributes
    ----------
    words : mapping of str to mapping of str to int64
        By field and by word in small letters: the titles that have it.
    values : mapping of str to float64 or datetime64 (n_titles,)
        By field; NaN or NaT where unknown.
    n_titles : int
    """

    words: Mapping[str, Mapping[str, NDArray[np.int64]]]
    values: Mapping[str, NDArray[np.float64] | NDArray[np.datetime64]]
    n_titles: int

    @classmethod
    def of(cls, titles: Titles) -> Self:
        """Read the fields of a catalog."""
        table = titles.table
        words = {field: _holders(texts(table, field)) for field in WORDS}
        values = {field: _numbers(table, field) for field in NUMBERS} | {
            field: table[column].cast(pa.timestamp("us")).to_numpy()
            for field, column in MOMENTS.items()
        }
        return cls(words, values, len(titles))

    def having(self, field: str, word: str) -> NDArray[np.int64]:
        """Return the internal ids of the titles that have a word in a field."""
        return self.words[field].get(word.casefold(), np.empty(0, np.int64))


def moment(text: str) -> np.datetime64 | None:
    """Return a date or a time of day, UTC, or None if it is none.

    Examples
    --------
    >>> moment("2026-03-01")
    np.datetime64('2026-03-01T00:00:00.000000')
    """
    try:
        return np.datetime64(pa.scalar(text).cast(pa.timestamp("us")).value, "us")
    except pa.ArrowInvalid:
        return None


def texts(table: pa.Table, field: str) -> pa.ListArray:
    """Return the words that each title of a table of TITLES has in a field of ``WORDS``."""
    column = table[WORDS[field]].combine_chunks()
    if field == "director":
        return _directors(column)
    if pa.types.is_list(column.type):
        return column
    offsets = pa.array(np.arange(len(column) + 1), pa.int32())
    return pa.ListArray.from_arrays(offsets, column)


def _directors(crew: pa.ListArray) -> pa.ListArray:
    """Return the names of the crew who direct."""
    people = pc.list_flatten(crew)
    owners = pc.list_parent_indices(crew)
    directs = pc.equal(pc.utf8_lower(pc.struct_field(people, "role")), "director")
    names = pc.struct_field(people, "name").filter(directs)
    # A role that is not known is none: what is null is left out by both.
    counts = np.bincount(owners.filter(directs).to_numpy(), minlength=len(crew))
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, names)


def _holders(lists: pa.ListArray) -> dict[str, NDArray[np.int64]]:
    owners = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    coded = pc.list_flatten(lists).dictionary_encode(null_encoding="encode")
    codes = coded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    names = coded.dictionary.to_pylist()
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    found: dict[str, NDArray[np.int64]] = {}
    for name, rows in zip(names, np.split(owners[order], ends)[:-1], strict=True):
        if name is not None:
            key = name.casefold()
            # Words that differ in case alone are one.
            found[key] = np.concatenate([found[key], rows]) if key in found else rows
    return found


def _numbers(table: pa.Table, field: str) -> NDArray[np.float64]:
    column = table[NUMBERS[field]]
    if field == "maturity_age":
        ages = np.array([*MATURITY_AGES.values(), max(MATURITY_AGES.values())], float)
        known = pc.index_in(column, pa.array(list(MATURITY_AGES)))
        # As rights have it: what is not known is meant for adults.
        return ages[pc.fill_null(known, len(ages) - 1).to_numpy()]
    values = column.cast(pa.float64()).to_numpy().copy()
    return values / 60 if field == "duration_minutes" else values

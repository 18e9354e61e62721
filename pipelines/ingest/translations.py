"""What translations of titles must be, as masks over the rows of a column; a mask is true where one is not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.languages import LANGUAGE
from recsys.translations import LONGEST_DESCRIPTION, LONGEST_NAME

CONTROL = r"[\x00-\x1f\x7f]"


def without_language(column: pa.ChunkedArray) -> pa.Array:
    """Return where one says no language, or writes it otherwise than ``pt-BR``."""
    lists, each = _each(column)
    named = pc.match_substring_regex(pc.struct_field(each, "language"), LANGUAGE)
    return _rows(lists, pc.invert(pc.fill_null(named, fill_value=False)))


def without_name(column: pa.ChunkedArray) -> pa.Array:
    """Return where one has no name, an empty or an endless one, or one with control characters."""
    lists, each = _each(column)
    names = pc.struct_field(each, "name")
    long = pc.greater(pc.utf8_length(names), LONGEST_NAME)
    bad = pc.or_(pc.or_(long, pc.equal(names, "")), pc.match_substring_regex(names, CONTROL))
    return _rows(lists, pc.fill_null(bad, fill_value=True))


def too_long(column: pa.ChunkedArray) -> pa.Array:
    """Return where one tells too much."""
    lists, each = _each(column)
    lengths = pc.utf8_length(pc.struct_field(each, "description"))
    return _rows(lists, pc.fill_null(pc.greater(lengths, LONGEST_DESCRIPTION), fill_value=False))


def repeated(column: pa.ChunkedArray) -> pa.Array:
    """Return where a language comes twice."""
    lists, each = _each(column)
    pairs = pa.table(
        {"row": pc.list_parent_indices(lists), "tag": pc.struct_field(each, "language")}
    )
    counts = pairs.group_by(["row", "tag"]).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))["row"].to_numpy()
    return _marked(len(lists), twice)


def _each(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    lists = column.combine_chunks()
    return lists, pc.list_flatten(lists)


def _rows(lists: pa.Array, bad: pa.Array) -> pa.Array:
    """Return which rows have one of what is bad."""
    return _marked(len(lists), pc.list_parent_indices(lists).filter(bad).to_numpy())


def _marked(n: int, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    mask = np.zeros(n, bool)
    mask[rows] = True
    return pa.array(mask)

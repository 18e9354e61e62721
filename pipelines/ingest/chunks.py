"""What every reader yields: some rows of a file, and what is already known to be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recsys.schema import EVENTS, TITLES, VIEWERS

SCHEMAS: Final = {"events": EVENTS, "titles": TITLES, "viewers": VIEWERS}

WORDS: Final = [
    field.name for field in EVENTS if pa.types.is_string(field.type) and field.name != "event_id"
]
"""Columns of events whose words come again and again, so that a dictionary holds them well."""

ROWS = 262_144
"""Rows of a chunk at most, which bounds the memory that a large file takes."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of one file, as one table of our schema.

    Attributes
    ----------
    file : Path
    kind : str
        "events", "titles" or "viewers".
    table : pyarrow.Table
        The columns of the kind's schema, in its types or dictionaries of them; null where a cell could
        not be read.
    lines : int64 (n_rows,)
        Where each row stands: lines of a text file from 1, rows of a Parquet file from 0.
    original : pyarrow.Table (n_rows)
        The rows as they came, to quote the bad ones.
    faults : pyarrow.Array of string (n_rows,)
        Why a row cannot be read; null where it can.
    """

    file: Path
    kind: str
    table: pa.Table
    lines: NDArray[np.int64]
    original: pa.Table
    faults: pa.Array


def flawless(file: Path, kind: str, table: pa.Table) -> Chunk:
    """Return a chunk of rows in our own making, numbered from 0."""
    faults = pa.nulls(len(table), pa.string())
    return Chunk(file, kind, table, np.arange(len(table)), table, faults)


def unreadable(file: Path, kind: str, rows: dict[int, str], reason: str) -> Chunk:
    """Return a chunk of rows, by line, that cannot be read at all."""
    schema = SCHEMAS[kind]
    empty = pa.table([pa.nulls(len(rows), field.type) for field in schema], names=schema.names)
    original = pa.table({"line": list(rows.values())})
    faults = pa.array([reason] * len(rows), pa.string())
    return Chunk(file, kind, empty, np.array(list(rows), np.int64), original, faults)

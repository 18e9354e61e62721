"""A chunk parted into the rows that are right and those that are not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ingest.chunks import SCHEMAS, Chunk
from pipelines.ingest.rules import EVENT_RULES, TITLE_RULES, VIEWER_RULES, Facts

_RULES = {"events": EVENT_RULES, "titles": TITLE_RULES, "viewers": VIEWER_RULES}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is kept out, where it stands and why."""

    file: Path
    line: int
    reason: str
    row: Any


def check(chunk: Chunk, facts: Facts) -> tuple[pa.Table, list[BadRow]]:
    """Return the good rows, in the chunk's schema, and the bad ones with the first rule they break."""
    broken = chunk.faults.is_valid()
    for _, rule in _RULES[chunk.kind]:
        broken = pc.or_(broken, pc.coalesce(rule(chunk.table, facts), pa.scalar(value=False)))
    bad = pa.chunked_array([broken]) if isinstance(broken, pa.Array) else broken
    mask = bad.to_numpy()
    good = chunk.table.filter(pa.array(~mask)) if mask.any() else chunk.table
    if chunk.kind == "events":
        # One event has one spelling of its id.
        good = good.set_column(0, "event_id", pc.ascii_lower(good["event_id"]))
    return good.cast(SCHEMAS[chunk.kind]), _explain(chunk, np.flatnonzero(mask), facts)


def _explain(chunk: Chunk, rows: np.ndarray[Any, np.dtype[np.int64]], facts: Facts) -> list[BadRow]:
    if not len(rows):
        return []
    table, reasons = chunk.table.take(rows), chunk.faults.take(pa.array(rows))
    for reason, rule in _RULES[chunk.kind]:
        reasons = _first(reasons, reason, rule(table, facts))
    originals = chunk.original.take(rows).to_pylist()
    lines = chunk.lines[rows].tolist()
    return [
        BadRow(chunk.file, line, reason, row)
        for line, reason, row in zip(lines, reasons.to_pylist(), originals, strict=True)
    ]


def _first(reasons: pa.Array, reason: str, broken: pa.ChunkedArray) -> pa.ChunkedArray:
    """Note a reason for the rows that break a rule and have none yet."""
    fresh = pc.and_(pc.is_null(reasons), pc.coalesce(broken, pa.scalar(value=False)))
    return pc.if_else(fresh, reason, reasons)

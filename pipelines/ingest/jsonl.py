"""JSON lines: one object a line, whose fields are the columns of a schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ingest.chunks import SCHEMAS, Chunk
from pipelines.ingest.coerce import coerce
from pipelines.query import project

_BYTES = 64_000_000
_BOM = b"\xef\xbb\xbf"


def keys_of(path: Path) -> set[str]:
    """Return the fields of the first line that is a JSON object, of the first hundred lines."""
    with path.open("rb") as file:
        for line, _ in zip(file, range(100), strict=False):
            try:
                first = json.loads(line.removeprefix(_BOM))
            except ValueError:
                continue
            if isinstance(first, dict):
                return set(first)
    return set()


def read_jsonl(path: Path, kind: str) -> Iterator[Chunk]:
    """Read a file in UTF-8, with or without a byte order mark; blank lines are no rows.

    A number where text is meant is taken as its text; an object or a list is not.
    """
    number = 1
    with path.open("rb") as file:
        while rows := file.readlines(_BYTES):
            if number == 1:
                rows[0] = rows[0].removeprefix(_BOM)
            yield _chunk(path, kind, rows, number)
            number += len(rows)


def _chunk(path: Path, kind: str, rows: list[bytes], first: int) -> Chunk:
    text = _decoded(rows)
    blank = pc.equal(pc.utf8_trim_whitespace(text), "")
    lines = np.arange(first, first + len(rows))[~blank.to_numpy(zero_copy_only=False)]
    original = pa.table({"line": pc.utf8_rtrim(text.filter(pc.invert(blank)), "\r\n")})
    schema = SCHEMAS[kind]
    cells = _cells(original, schema)
    table, faults = coerce(cells, schema)
    for field in schema:
        if pa.types.is_string(field.type):
            nested = pc.match_substring_regex(table[field.name], r"^\s*[\[{]")
            faults = _fault(faults, nested, f"{field.name}: expected text, got a list or an object")
    faults = _fault(faults, pc.invert(cells["is_object"]), "not a JSON object in UTF-8")
    return Chunk(path, kind, table, lines, original, faults)


def _cells(original: pa.Table, schema: pa.Schema) -> pa.Table:
    paths = ", ".join(f"'$.{name}'" for name in schema.names)
    objects = project(
        original,
        f"CASE WHEN json_valid(line) AND json_type(line) = 'OBJECT'"
        f" THEN json_extract_string(line, [{paths}]) END AS cells",
    )
    columns = ", ".join(f'cells[{i}] AS "{name}"' for i, name in enumerate(schema.names, 1))
    return project(objects, f"cells IS NOT NULL AS is_object, {columns}")


def _decoded(rows: list[bytes]) -> pa.Array:
    """Return the lines as text; one that is not UTF-8 becomes a mark that is no JSON either."""
    array = pa.array(rows, pa.binary())
    try:
        return array.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array(
            ["not UTF-8: " * _broken(row) + row.decode("utf-8", "replace") for row in rows]
        )


def _broken(row: bytes) -> bool:
    try:
        row.decode()
    except UnicodeDecodeError:
        return True
    return False


def _fault(faults: pa.Array, where: pa.Array, reason: str) -> pa.Array:
    new = pc.and_(pc.is_null(faults), where)
    return pc.if_else(pc.coalesce(new, pa.scalar(value=False)), reason, faults)

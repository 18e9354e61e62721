"""Titles on their way into the table ``title`` and out of it: what Arrow calls a list, PostgreSQL calls an array."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import duckdb
import pyarrow as pa
from pyarrow import csv

from recsys.schema import TITLES

COLUMNS: Final = ", ".join(f'"{name}"' for name in TITLES.names)
"""Of TITLES, as SQL names them; ``cast`` is a word of its own there."""

# A NUL is no letter anywhere, and PostgreSQL's text cannot hold one.
_TEXT: Final = "replace({}, chr(0), '')"
_ELEMENT: Final = r"""'"' || replace(replace(replace(coalesce(x, ''), chr(0), ''), '\', '\\'), '"', '\"') || '"'"""


def csv_of(titles: pa.Table) -> bytes:
    """Return a table of TITLES as ``COPY … (FORMAT csv)`` reads it."""
    columns = ", ".join(f'{_written(field)} AS "{field.name}"' for field in TITLES)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("titles", titles)
        rows = connection.sql(f"SELECT {columns} FROM titles").to_arrow_table()  # noqa: S608  names of the schema
    sink = io.BytesIO()
    csv.write_csv(rows, sink, csv.WriteOptions(include_header=False))
    return sink.getvalue()


def _written(field: pa.Field) -> str:
    name = f'"{field.name}"'
    if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
        return rf"replace(to_json({name})::varchar, '\u0000', '')"
    if pa.types.is_list(field.type):
        elements = f"array_to_string(list_transform({name}, lambda x: {_ELEMENT}), ',')"
        return f"CASE WHEN {name} IS NOT NULL THEN '{{' || {elements} || '}}' END"
    return _TEXT.format(name) if pa.types.is_string(field.type) else name


def table_of(rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Return rows of ``COLUMNS`` as a table of TITLES."""
    lines = [dict(zip(TITLES.names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(lines, schema=TITLES)

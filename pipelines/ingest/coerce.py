"""Columns of whatever type into the types of a schema, cell by cell where the whole will not go."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.query import project
from recsys.errors import InputError

_ZONE = r"(Z|z|[+-]\d\d(:?\d\d)?)$"


def coerce(table: pa.Table, schema: pa.Schema) -> tuple[pa.Table, pa.Array]:
    """Bring a table to a schema; columns that the schema does not know are left out.

    Text becomes numbers, times and lists (as JSON) where it can. A time in text must say its zone;
    a timestamp column without a zone is UTC.

    Returns
    -------
    table : pyarrow.Table
        Null where a column is missing or a cell could not be read. Words in a dictionary stay in it.
    faults : pyarrow.Array of string (n_rows,)
        Which cell could not be read; null where all could.

    Raises
    ------
    InputError
        If a column's type has nothing to do with the schema's.
    """
    columns = []
    faults = pa.nulls(len(table), pa.string())
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pa.nulls(len(table), field.type))
            continue
        given = _flat(table[field.name])
        column = _cast(given, field)
        columns.append(column)
        if column.null_count > given.null_count:
            broken = pc.and_(pc.is_null(column), pc.is_valid(given))
            reason = pa.scalar(f"{field.name}: expected {_meant(field.type)}")
            faults = pc.if_else(pc.and_(broken, pc.is_null(faults)), reason, faults)
    # A bad row may lack what the schema requires, so nothing is declared not null here.
    names = [field.name for field in schema]
    return pa.table(columns, names=names), _flat(faults)


def _cast(given: pa.Array, field: pa.Field) -> pa.Array:
    if given.type == field.type or pa.types.is_null(given.type):
        return given.cast(field.type)
    if pa.types.is_dictionary(given.type) and given.type.value_type == field.type:
        return given  # a rule looks at each word of it once
    text = pa.types.is_string(given.type) or pa.types.is_large_string(given.type)
    if text and not pa.types.is_string(field.type):
        return _read(given, field.type)
    try:
        return _flat(given.cast(field.type))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        if pa.types.is_integer(field.type) and pa.types.is_floating(given.type):
            return _whole(given).cast(field.type)
        raise InputError(
            expected=f"{_meant(field.type)} in column {field.name}",
            got=f"a column of {given.type}",
            where="the file's schema",
        ) from None


def _read(text: pa.Array, kind: pa.DataType) -> pa.Array:
    """Read text cell by cell; null where it cannot be read."""
    read = project(pa.table({"x": text}), f"{_sql(kind)} AS y")
    return _flat(read["y"].combine_chunks().cast(kind))


def _sql(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return f"CASE WHEN regexp_matches(x, '{_ZONE}') THEN TRY_CAST(x AS TIMESTAMPTZ) END"
    if pa.types.is_list(kind):
        of = kind.value_type
        fields = {one.name: "VARCHAR" for one in of} if pa.types.is_struct(of) else "VARCHAR"
        inner = json.dumps(fields)
        return f"TRY(from_json_strict(x, '[{inner}]'))"
    name = "BOOLEAN" if pa.types.is_boolean(kind) else "DOUBLE"
    if pa.types.is_integer(kind):
        return "CASE WHEN regexp_matches(x, '^\\s*-?\\d+(\\.0*)?\\s*$') THEN TRY_CAST(x AS INTEGER) END"
    return f"TRY_CAST(x AS {name})"


def _whole(numbers: pa.Array) -> pa.Array:
    """Return null where a number is no whole number of 32 bits."""
    values = numbers.to_numpy(zero_copy_only=False)
    whole = (values == np.trunc(values)) & (np.abs(values) < 2**31)
    return pc.if_else(pa.array(whole), numbers, pa.scalar(None, numbers.type))


def _meant(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "a time with its zone, such as 2026-05-01T20:15:00Z"
    if pa.types.is_list(kind):
        return "a list"
    if pa.types.is_boolean(kind):
        return "true or false"
    if pa.types.is_integer(kind):
        return "a whole number"
    return "text" if pa.types.is_string(kind) else "a number"


def _flat(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(array, pa.Array):
        return array
    # One chunk is taken as it is, where combining would copy it.
    return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()

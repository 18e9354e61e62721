"""SQL over Arrow tables and Parquet files, by a DuckDB in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa


def query(sql: str, /, **tables: pa.Table) -> pa.Table:
    """Run one query over tables given by name; rows keep their order where the query keeps it."""
    with connected() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.sql(sql).to_arrow_table()


def project(table: pa.Table, expressions: str) -> pa.Table:
    """Return a table of some SQL expressions over the columns of another, row by row."""
    with connected() as connection:
        return connection.from_arrow(table).project(expressions).to_arrow_table()


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database of its own in memory, whose times are UTC and which draws no progress bar."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        yield connection

"""What goes to the driver itself, past SQLAlchemy: rows by the million, and rows that every page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from serving.database import Connection, DatabaseDownError, DBAPIError


def rows_of(
    connection: Connection, statement: str, given: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that every page asks for, prepared by the driver.

    SQLAlchemy's own result costs the processor several times what PostgreSQL and the driver do.

    Raises
    ------
    DBAPIError
        As for any other statement, though this one goes to the driver itself.
    """
    driver = connection.connection.driver_connection
    if driver is None:
        raise DatabaseDownError.now()
    try:
        with driver.cursor() as cursor:
            rows: list[tuple[Any, ...]] = cursor.execute(statement, given, prepare=True).fetchall()
            return rows
    except psycopg.Error as error:
        raise DBAPIError(statement, None, error) from error


def copy_in(connection: Connection, statement: str, content: bytes) -> None:
    """Stream bytes into a ``COPY … FROM STDIN``.

    Raises
    ------
    DBAPIError
        As for any other statement, though this one goes to the driver itself.
    """
    driver = connection.connection.driver_connection
    if driver is None:
        raise DatabaseDownError.now()
    try:
        with driver.cursor().copy(statement) as copy:
            copy.write(content)
    except psycopg.Error as error:
        raise DBAPIError(statement, None, error) from error

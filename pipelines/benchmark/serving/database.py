"""How much room the viewers take in the operational database."""

from __future__ import annotations

import psycopg

from pipelines.database import running
from recsys.errors import InputError
from recsys.settings import Settings

_SIZE = "SELECT pg_total_relation_size('viewer') + pg_total_relation_size('history')"


def viewers_bytes(settings: Settings) -> int:
    """Return the bytes of viewers and histories with their indexes.

    Raises
    ------
    InputError
        If there is no database.
    """
    with running(settings) as url:
        if url is None:
            raise InputError(expected="a database", got="none", where=settings.store)
        with psycopg.connect(url) as connection:
            found = connection.execute(_SIZE).fetchone()
    return int(found[0]) if found else 0

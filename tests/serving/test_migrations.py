"""A database of before is brought to the newest form with what it holds."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine

import serving.migrations
from serving.database import migrate

MOMENT = "2024-03-01T20:00:00+00:00"
FIRST, BY_DAY_BEFORE = "0001", "0004"


def upgraded_to(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.upgrade(config_of(connection), revision)


def config_of(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(serving.migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config


def test_histories_of_before_were_watched_when_they_were_last_taken_up(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    upgraded_to(engine, FIRST)
    with psycopg.connect(url) as connection:
        for title, portion, completed in (("a", 0.5, False), ("b", None, True), ("c", None, False)):
            row = ("v", title, portion, completed, False, MOMENT)
            connection.execute(
                "INSERT INTO history (viewer_id, title_id, watched_portion, completed, watchlisted, "
                "last_at) VALUES (%s, %s, %s, %s, %s, %s)",
                row,
            )
    migrate(engine)
    migrate(engine)  # which finds nothing to do
    engine.dispose()
    query = "SELECT title_id, watched_at = last_at, dismissed_at FROM history ORDER BY title_id"
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
    assert rows == [("a", True, None), ("b", True, None), ("c", None, None)]


EVENT = """INSERT INTO event (event_id, event_type, viewer_id, title_id, occurred_at, value)
VALUES (%s, 'rating', 'v', 'a', now() - %s * interval '1 day', 4.5)"""
ROWS = "SELECT event_id::text, viewer_id, value, occurred_at, received_at FROM event ORDER BY occurred_at"


def test_events_of_before_are_kept_forward_and_back(new_database: Callable[[], str]) -> None:
    url = new_database()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    upgraded_to(engine, BY_DAY_BEFORE)
    ages = (4000, 40, 3, 3, 0)
    with psycopg.connect(url) as connection:
        for age in ages:
            connection.execute(EVENT, (str(uuid4()), age))
        before = connection.execute(ROWS).fetchall()
    migrate(engine)
    with psycopg.connect(url) as connection:
        assert connection.execute(ROWS).fetchall() == before
        counted = "SELECT count(*), count(DISTINCT tableoid) FROM event"
        assert connection.execute(counted).fetchone() == (5, 3)  # old ones lie together
        assert connection.execute("SELECT count(*) FROM event_ledger").fetchone() == (5,)
    with engine.begin() as connection:
        command.downgrade(config_of(connection), BY_DAY_BEFORE)
    with psycopg.connect(url) as connection:
        assert connection.execute(ROWS).fetchall() == before
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(EVENT, (before[0][0], 1))
    migrate(engine)
    engine.dispose()
    with psycopg.connect(url) as connection:
        assert connection.execute(ROWS).fetchall() == before

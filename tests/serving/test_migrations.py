"""A database of before is brought to the newest form with what it holds."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine

import serving.migrations
from serving.database import migrate

MOMENT = "2024-03-01T20:00:00+00:00"
FIRST = "0001"


def upgraded_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(serving.migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


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

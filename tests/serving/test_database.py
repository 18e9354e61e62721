"""The tables are as the vocabulary says; a database that is gone is noticed, and found again."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from recsys.errors import ConfigError
from recsys.schema import EVENTS
from recsys.settings import Settings
from serving.database import Database, DatabaseDownError
from serving.postgres import EmbeddedPostgres


def opened(url: str) -> Database:
    database = Database(Settings(database_url=url), lambda _: None, lambda _: None)
    database.open()
    return database


def until(truth: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not truth() and time.monotonic() < end:
        time.sleep(0.05)
    return truth()


def test_the_table_of_events_has_the_columns_of_the_vocabulary(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    opened(url).close()
    with psycopg.connect(url) as connection:
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'event'"
        columns = {row[0] for row in connection.execute(query)}
    assert columns == {*EVENTS.names, "received_at"}


def test_replicas_that_start_together_migrate_once(new_database: Callable[[], str]) -> None:
    url = new_database()
    first, second = opened(url), opened(url)
    assert first.up
    assert second.up
    first.close()
    second.close()


def test_a_database_that_stops_is_noticed_and_taken_up_again(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.ensure_running()
    database = opened(server.url())
    try:
        server.halt()
        with pytest.raises(DatabaseDownError), database.transaction() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert not database.up
        server.ensure_running()
        assert until(lambda: database.up)
        with database.transaction() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    finally:
        database.close()
        server.stop()


def test_a_server_of_our_own_is_started_again_when_it_dies(tmp_path: Path) -> None:
    database = Database(Settings(store=tmp_path), lambda _: None, lambda _: None)
    database.open()
    try:
        with database.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE kept AS SELECT 42 AS answer")
        EmbeddedPostgres(tmp_path / "postgres").halt()
        with pytest.raises(DatabaseDownError), database.transaction() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert until(lambda: database.up)
        with database.transaction() as connection:
            assert connection.exec_driver_sql("SELECT answer FROM kept").scalar() == 42
    finally:
        database.close()


def test_a_database_that_was_never_there_does_not_keep_a_replica_from_starting() -> None:
    database = opened("postgresql://nobody@127.0.0.1:9/nothing")
    assert not database.up
    database.close()


def test_an_address_that_is_no_postgresql_is_refused_without_showing_its_password() -> None:
    with pytest.raises(ConfigError) as refusal:
        Database(Settings(database_url="mysql://me:secret@host/db"), print, print)
    assert "secret" not in str(refusal.value)

"""The tables are as the vocabulary says; a database that is gone is noticed, and found again."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from recsys.errors import ConfigError
from recsys.schema import EVENTS
from recsys.settings import Settings
from serving.database import Connection, Database, DatabaseDownError, Transaction
from serving.driver import copy_in
from serving.postgres import EmbeddedPostgres
from tests.serving.conftest import until

HIT = "UPDATE pair SET hits = hits + 1 WHERE n = %s"


def opened(url: str) -> Database:
    database = Database(Settings(database_url=url), lambda _: None, lambda _: None)
    database.open()
    return database


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


def test_a_database_that_stops_is_noticed_and_taken_up_again(
    own_postgres: EmbeddedPostgres,
) -> None:
    database = opened(own_postgres.url())
    try:
        own_postgres.halt()
        with pytest.raises(DatabaseDownError), database.transaction() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert not database.up
        own_postgres.ensure_running()
        assert until(lambda: database.up)
        with database.transaction() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    finally:
        database.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the user whom PostgreSQL runs as may enter."""
    with TemporaryDirectory(prefix="recsys-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_a_server_of_our_own_is_started_again_when_it_dies(open_folder: Path) -> None:
    database = Database(Settings(store=open_folder), lambda _: None, lambda _: None)
    database.open()
    try:
        with database.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE kept AS SELECT 42 AS answer")
        EmbeddedPostgres(open_folder / "postgres").halt()
        with pytest.raises(DatabaseDownError), database.transaction() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert until(lambda: database.up)
        with database.transaction() as connection:
            assert connection.exec_driver_sql("SELECT answer FROM kept").scalar() == 42
    finally:
        database.close()


def test_work_that_met_another_transaction_in_a_deadlock_is_done_again(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    database = opened(url)
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE pair AS SELECT n, 0 AS hits FROM (VALUES (1), (2)) v(n)"
        )
    attempts = []

    def first_one_then_two(connection: Connection) -> None:
        attempts.append(1)
        connection.exec_driver_sql(HIT, (1,))
        holds_one.set()
        connection.exec_driver_sql(HIT, (2,))

    holds_one = threading.Event()
    worker = threading.Thread(target=database.retried, args=(first_one_then_two,))
    with psycopg.connect(url) as other:
        # PostgreSQL lets the one that finds the deadlock give way: ours, which looks first.
        other.execute("SET deadlock_timeout = '20s'")
        other.execute(HIT, (2,))
        worker.start()
        assert holds_one.wait(10)
        other.execute(HIT, (1,))
    worker.join(20)
    with database.transaction() as connection:
        hits = connection.exec_driver_sql("SELECT hits FROM pair ORDER BY n").scalars().all()
    database.close()
    assert (hits, len(attempts)) == ([2, 2], 2)


def test_a_connection_that_dies_while_bytes_stream_in_is_an_outage(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    database = opened(url)

    def lose_it() -> None:
        with database.transaction() as connection, psycopg.connect(url) as other:
            mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (mine,))
            copy_in(connection, "COPY viewer (viewer_id) FROM STDIN", b"v1\n")

    with pytest.raises(DatabaseDownError):
        lose_it()
    assert until(lambda: database.up)
    database.close()


def test_whatever_goes_wrong_at_first_is_tried_again_and_nobody_uses_it_before(
    new_database: Callable[[], str],
) -> None:
    attempts: list[bool] = []

    def prepare(begin: Transaction) -> None:
        with begin() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        attempts.append(database.up)
        if len(attempts) == 1:
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    database = Database(Settings(database_url=new_database()), prepare, lambda _: None)
    database.open()
    assert not database.up
    with pytest.raises(DatabaseDownError), database.transaction():
        pass
    assert until(lambda: database.up)
    database.close()
    assert attempts == [False, False]


def test_a_database_that_was_never_there_does_not_keep_a_replica_from_starting() -> None:
    database = opened("postgresql://nobody@127.0.0.1:9/nothing")
    assert not database.up
    database.close()


def test_an_address_that_is_no_postgresql_is_refused_without_showing_its_password() -> None:
    with pytest.raises(ConfigError) as refusal:
        Database(Settings(database_url="mysql://me:secret@host/db"), print, print)
    assert "secret" not in str(refusal.value)

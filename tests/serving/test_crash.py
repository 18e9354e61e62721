"""Every event that was acknowledged is there once after a kill in the middle of the work, whoever was killed."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from serving.postgres import EmbeddedPostgres
from tests.serving.conftest import database_in, event, running_postgres, until
from tests.serving.replica_process import replica_process

WRITERS, BEFORE_THE_KILL, AFTER = 4, 40, 20
BATCH = 5
URL = "/api/analytics/event"


class Writers:
    """Clients who send events, and send those again that were not acknowledged, until they are stopped."""

    def __init__(self, address: str) -> None:
        self.acknowledged: list[str] = []
        self.refused: Counter[int] = Counter()
        self._address, self._stopping = address, threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]

    @contextmanager
    def writing(self) -> Iterator[None]:
        for one in self._threads:
            one.start()
        try:
            yield
        finally:
            self._stopping.set()
            for one in self._threads:
                one.join(30)

    def have(self, count: int) -> bool:
        return until(lambda: len(self.acknowledged) >= count, 60)

    def _write(self, number: int) -> None:
        body: Any = None
        with httpx.Client(base_url=self._address, timeout=30) as client:
            while not self._stopping.is_set():
                # Two of them send lists, and all send again what may have been written or not.
                body = body or self._events(number)
                try:
                    answer = client.post(URL, json=body)
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                if answer.status_code == 202:
                    several = body if isinstance(body, list) else [body]
                    self.acknowledged += [one["eventId"] for one in several]
                    body = None
                else:
                    self.refused[answer.status_code] += 1
                    assert "retry-after" in answer.headers, answer.text
                    time.sleep(0.05)

    @staticmethod
    def _events(number: int) -> Any:
        one = lambda: event(f"crash{number}", "t001")  # noqa: E731
        return one() if number % 2 else [one() for _ in range(BATCH)]


def check(url: str, acknowledged: list[str]) -> None:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT event_id::text FROM event").fetchall()
        ledger = connection.execute("SELECT event_id::text FROM event_ledger").fetchall()
    kept = Counter(row[0] for row in rows)
    assert len(acknowledged) == len(set(acknowledged))
    assert {kept[one] for one in acknowledged} == {1}
    assert set(kept.values()) == {1}
    assert {row[0] for row in ledger} == set(kept)


def test_no_acknowledged_event_is_lost_when_the_replica_is_killed(
    store: Path, registry: Path, new_database: Callable[[], str]
) -> None:
    url = new_database()
    settings = {"store": store, "registry": registry, "database_url": url}
    with replica_process(**settings) as replica:
        writers = Writers(replica.url)
        with writers.writing():
            assert writers.have(BEFORE_THE_KILL)
            replica.kill()
    check(url, writers.acknowledged)


@pytest.fixture
def mortal() -> Iterator[EmbeddedPostgres]:
    with running_postgres() as server:
        yield server


def test_no_acknowledged_event_is_lost_when_the_database_is_killed(
    store: Path, registry: Path, mortal: EmbeddedPostgres
) -> None:
    url = database_in(mortal)
    settings = {"store": store, "registry": registry, "database_url": url}
    with replica_process(**settings) as replica:
        writers = Writers(replica.url)
        with writers.writing():
            assert writers.have(BEFORE_THE_KILL)
            os.kill(backend(url), signal.SIGKILL)  # by which PostgreSQL ends all others, too
            assert writers.have(len(writers.acknowledged) + AFTER)
            os.kill(postmaster(mortal), signal.SIGKILL)
            before = len(writers.acknowledged)
            assert until(lambda: revived(mortal), 60)
            assert writers.have(before + AFTER)  # the replica takes it up again by itself
    assert set(writers.refused) <= {503}
    check(url, writers.acknowledged)


def backend(url: str) -> int:
    """The process that did something for the replica last: it writes."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' "
            "ORDER BY state_change DESC LIMIT 1"
        ).fetchone()
    assert row is not None
    return int(row[0])


def postmaster(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return int((Path(row[0]) / "postmaster.pid").read_text().split()[0])


def revived(server: EmbeddedPostgres) -> bool:
    try:
        server.ensure_running()
        with psycopg.connect(server.url(), connect_timeout=5):
            return True
    except Exception:  # noqa: BLE001  its children may still hold the folder for a moment
        return False

"""Several processes share their connections evenly, and no fate of one is another's."""

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.serving.conftest import until
from tests.serving.replica_process import free_port
from tests.serving.workers.small import PIECES

SMALL = [sys.executable, "-m", "tests.serving.workers.small"]


class Program:
    """A parent with its workers."""

    def __init__(self, process: subprocess.Popen[bytes], host: str, port: int) -> None:
        self.process, self.host, self.port = process, host, port

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def who(self, connection: http.client.HTTPConnection | None = None) -> int:
        """Return which process answers, on a connection or on one of its own."""
        if connection is None:
            with closing(self.connection()) as own:
                return self.who(own)
        connection.request("GET", "/")
        return int(connection.getresponse().read().split()[0])

    def workers(self) -> set[int]:
        """Return the processes that answer, as soon as there are two."""
        found: set[int] = set()
        with ExitStack() as held:

            def two() -> bool:
                try:
                    connection = held.enter_context(closing(self.connection()))
                    found.add(self.who(connection))
                except OSError:  # nobody is ready yet
                    return False
                return len(found) == 2

            assert until(two, 90)
        return found


@contextmanager
def program(host: str = "127.0.0.1") -> Iterator[Program]:
    port = free_port()
    with subprocess.Popen([*SMALL, host, str(port), "2"]) as process:
        try:
            yield Program(process, host, port)
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def small() -> Iterator[Program]:
    with program() as running:
        running.workers()
        yield running


def test_connections_are_shared_evenly(small: Program) -> None:
    with ExitStack() as held:
        many = [held.enter_context(closing(small.connection())) for _ in range(40)]
        owner = {connection: small.who(connection) for connection in many}
        shares = Counter(owner.values())
        # By a few it may be otherwise: of those that were closed just before, it may not be known yet.
        assert len(shares) == 2
        assert max(shares.values()) <= 23
        # Whoever lost theirs gets the next ones, as many as it lost.
        one = min(shares)
        for connection in many:
            if owner[connection] == one:
                connection.close()
        assert until(lambda: small.who() == one)
        more = [held.enter_context(closing(small.connection())) for _ in range(10)]
        assert {small.who(connection) for connection in more} == {one}


def test_it_is_known_who_asks(small: Program) -> None:
    with closing(small.connection()) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().read().split()[1] == b"127.0.0.1"


def test_workers_share_a_port_of_ipv6() -> None:
    with program("::1") as running:
        assert len(running.workers()) == 2


def test_the_death_of_one_worker_is_not_the_others(small: Program) -> None:
    dying, staying = sorted(small.workers())
    stopping, answered, lost = threading.Event(), Counter[int](), list[str]()
    connections = [small.connection() for _ in range(8)]
    owners = [small.who(connection) for connection in connections]

    def ask(connection: http.client.HTTPConnection, owner: int) -> None:
        while not stopping.is_set():
            try:
                owner = small.who(connection)
                answered[owner] += 1
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if owner != dying:
                    lost.append(repr(error))

    pairs = zip(connections, owners, strict=True)
    threads = [threading.Thread(target=ask, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    try:
        assert until(lambda: {dying, staying} <= set(answered))
        os.kill(dying, signal.SIGKILL)
        before = answered[staying]
        assert until(lambda: answered[staying] > before + 100)
        assert small.who() == staying
        assert len(small.workers()) == 2
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
        for connection in connections:
            connection.close()
    assert lost == []


def test_what_a_worker_did_not_take_up_another_answers(small: Program) -> None:
    stuck, _ = small.workers()
    with ExitStack() as held:
        os.kill(stuck, signal.SIGSTOP)
        try:
            many = [held.enter_context(closing(small.connection())) for _ in range(20)]
            for connection in many:
                connection.request("GET", "/")
        finally:
            os.kill(stuck, signal.SIGKILL)
        answers = {connection.getresponse().read().split()[0] for connection in many}
        assert str(stuck).encode() not in answers


def test_answers_in_the_making_are_finished_before_the_end(small: Program) -> None:
    workers = small.workers()
    with ExitStack() as held:
        slow = [held.enter_context(closing(small.connection())) for _ in range(4)]
        answers = []
        for connection in slow:
            connection.request("GET", "/slow")
            answers.append(connection.getresponse())
        assert {answer.read(len(PIECES[0])) for answer in answers} == {PIECES[0]}
        small.process.terminate()
        assert {answer.read() for answer in answers} == {PIECES[1]}
    assert small.process.wait(60) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)
    with pytest.raises(ConnectionRefusedError):
        small.who()


def test_workers_are_replaced_one_by_one_and_nobody_is_turned_away(small: Program) -> None:
    workers = small.workers()
    small.process.send_signal(signal.SIGHUP)
    seen: set[int] = set()

    def replaced() -> bool:
        seen.add(small.who())
        return len(seen - workers) == 2

    assert until(replaced, 90)
    assert until(lambda: not any(_runs(pid) for pid in workers))


def test_workers_end_with_a_parent_that_is_killed(small: Program) -> None:
    workers = small.workers()
    small.process.kill()
    assert until(lambda: not any(_runs(pid) for pid in workers), 30)


def test_what_cannot_start_ends() -> None:
    command = [*SMALL, "127.0.0.1", str(free_port()), "2"]
    ran = subprocess.run(command, env=os.environ | {"FAILS": "1"}, timeout=120, check=False)
    assert ran.returncode == 1


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

"""Who comes in is handed to a worker that takes them, and waits at the port while none does."""

import socket
from collections.abc import Iterator

import pytest

from serving.commands.serve import _bound
from serving.workers import worker
from serving.workers.door import Door
from serving.workers.words import CLOSED, READY, TAKEN
from tests.serving.conftest import until


@pytest.fixture
def listening() -> socket.socket:
    return _bound("127.0.0.1", 0)


@pytest.fixture
def door(listening: socket.socket) -> Iterator[Door]:
    opened = Door(listening, 100)
    opened.open()
    yield opened
    opened.close()


def ready(door: Door) -> socket.socket:
    """A worker that the test plays."""
    end = door.worker()
    end.settimeout(20)
    end.send(READY)
    assert until(lambda: door.opened or door.refused is not None)
    return end


def taken(end: socket.socket) -> socket.socket:
    """Take over what was handed next, without saying so."""
    _, (number,), *_ = socket.recv_fds(end, 1, 1)
    return socket.socket(fileno=number)


def come(listening: socket.socket) -> socket.socket:
    return socket.create_connection(listening.getsockname(), timeout=20)


def test_nobody_comes_in_before_a_worker_is_ready(door: Door, listening: socket.socket) -> None:
    with door.worker():
        with pytest.raises(ConnectionRefusedError):
            come(listening)
        assert not door.opened


def test_what_is_handed_over_answers_at_once(door: Door, listening: socket.socket) -> None:
    with ready(door) as end, come(listening), taken(end) as handed:
        # Without it each answer on a kept connection waits 40 ms for the client to acknowledge its head.
        assert handed.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_ends_when_the_worker_closes_it(door: Door, listening: socket.socket) -> None:
    with ready(door) as end, come(listening) as client:
        taken(end).close()
        end.send(TAKEN + CLOSED)
        assert client.recv(1) == b""


def test_a_worker_that_takes_nothing_up_is_handed_a_few_and_no_more(
    door: Door, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MOST_AHEAD", 2)
    with ready(door) as end:
        clients = [come(listening) for _ in range(5)]
        handed = [taken(end), taken(end)]
        end.settimeout(0.2)
        with pytest.raises(TimeoutError):
            taken(end)
        end.settimeout(20)
        end.send(TAKEN)
        handed.append(taken(end))
        # What it leaves behind when it dies, and who waits still, is another's.
    with ready(door) as another:
        for _ in range(4):
            handed.append(taken(another))
            another.send(TAKEN)
    for one in (*clients, *handed):
        one.close()


def test_a_port_that_another_took_meanwhile_is_refused(
    door: Door, listening: socket.socket
) -> None:
    with _bound(*listening.getsockname()) as other:
        other.listen()
        with ready(door):
            assert door.refused is not None
            assert not door.opened

"""The load generator counts answers as they are, and charges a stall to all who would have come meanwhile."""

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler

import pytest

from pipelines.benchmark.serving.connection import Connection
from pipelines.benchmark.serving.load import Load, measure
from pipelines.benchmark.serving.loop import open_loop
from recsys.errors import InputError
from tests.pipelines.benchmark.serving.servers import Stalling, answering, say


def test_a_long_body_is_read_to_its_end_and_the_connection_used_again() -> None:
    body = b"x" * 700_001
    with answering(lambda handler: say(handler, body)) as port:
        found = measure(Load(port, ["/"], 1.0, connections=2))
    assert found.failed == 0
    assert found.answers > 2
    assert found.bytes_per_answer == len(body)


def test_paths_are_asked_for_in_turn() -> None:
    asked: list[str] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        say(handler, b"{}")

    with answering(note) as port:
        connection = Connection("127.0.0.1", port)
        requests = [f"GET /{n} HTTP/1.1\r\nHost: here\r\n\r\n".encode() for n in range(3)]
        open_loop([connection], requests, [0.0, 0.001, 0.002, 0.003])
        connection.close()
    assert asked == ["/0", "/1", "/2", "/0"]


def test_answers_that_are_no_success_have_failed() -> None:
    with answering(lambda handler: say(handler, b"{}", 500)) as port:
        found = measure(Load(port, ["/"], 0.5, connections=2, rate=40))
    assert found.answers > 0
    assert found.failed == found.answers
    assert found.requests_per_second == 0


def test_a_server_that_hangs_up_is_asked_again() -> None:
    counted = iter(range(10_000))

    def sometimes(handler: BaseHTTPRequestHandler) -> None:
        if next(counted) % 5 == 0:
            handler.close_connection = True
            return
        say(handler, b"{}")

    with answering(sometimes) as port:
        found = measure(Load(port, ["/"], 1.0, connections=3, rate=100))
    assert 0 < found.failed < found.answers
    assert found.answers + found.failed == pytest.approx(100, abs=50)


def test_a_connection_that_idled_too_long_is_opened_again_and_nothing_has_failed() -> None:
    def once(handler: BaseHTTPRequestHandler) -> None:
        say(handler, b"{}")
        handler.close_connection = True

    with answering(once) as port:
        found = measure(Load(port, ["/"], 1.0, connections=20, rate=30))
    assert found.answers > 10
    assert found.failed == 0


def test_an_answer_of_unknown_length_is_refused() -> None:
    def unsaid(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()

    with answering(unsaid) as port, pytest.raises(InputError, match="Content-Length"):
        measure(Load(port, ["/"], 0.5, connections=1))


def test_a_stall_is_charged_to_all_who_would_have_come_meanwhile() -> None:
    """One in three requests is due in the stall, though only four connections wait in it."""
    with answering(Stalling(after=1.0, seconds=1.0)) as port:
        waited = measure(Load(port, ["/"], 3.0, connections=4, rate=100))
    assert waited.failed == 0
    assert waited.p99_ms is not None
    assert waited.p99_ms > 800
    assert waited.p50_ms is not None
    assert waited.p50_ms < 500


def test_clients_who_wait_do_not_see_it() -> None:
    with answering(Stalling(after=0.5, seconds=0.5)) as port:
        closed = measure(Load(port, ["/"], 2.0, connections=4))
    # Hundreds of answers, of which four were late: the omission that the open loop is there to avoid.
    assert closed.p99_ms is not None
    assert closed.p99_ms < 400


def test_it_runs_as_a_process_of_its_own() -> None:
    with answering(lambda handler: say(handler, b"{}")) as port:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.benchmark.serving.load"],
            input=Load(port, ["/"], 0.5, connections=2, rate=50).json(),
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout)
    assert found["loop"] == "open"
    assert found["generator_ms_per_request"] > 0

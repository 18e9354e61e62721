"""The benchmark of events sends each event once, counts what became of it, and finds it in the database."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from pipelines.benchmark.intake.bodies import Bodies
from pipelines.benchmark.intake.load import Load, Sent, send
from pipelines.benchmark.intake.result import Result
from pipelines.benchmark.intake.row import Row
from pipelines.benchmark.intake.run import Plan, measure
from pipelines.nightly.display import Display
from recsys.cli import build
from serving.analytics import batches

VIEWERS, TITLES = ["v1", "v2"], ["t1", "t2"]


def bodies(batch: int, count: int) -> list[bytes]:
    made = Bodies(1, "/events", VIEWERS, TITLES, batch)
    return [made[at].partition(b"\r\n\r\n")[2] for at in range(count)]


@pytest.mark.parametrize("batch", [1, 20])
def test_every_request_brings_events_of_the_contract_that_never_came_before(batch: int) -> None:
    read = [batches.read(body) for body in bodies(batch, 30)]
    events = [event for one in read for event in one.events.values()]
    assert len({event.event_id for event in events}) == len(events) == 30 * batch
    assert not any(one.rejected for one in read)
    assert {event.viewer_id for event in events} <= set(VIEWERS)


def test_the_head_says_how_long_the_body_is() -> None:
    head, _, body = Bodies(1, "/events", VIEWERS, TITLES, 3)[0].partition(b"\r\n\r\n")
    assert re.search(rb"Content-Length: (\d+)", head)[1] == str(len(body)).encode()  # type: ignore[index]


ANSWERS = (202, 503, 202, 500)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: ClassVar[Counter[int]] = Counter()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status = ANSWERS[sum(self.seen.values()) % len(ANSWERS)]
        self.seen[status] += 1
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    _Handler.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("rate", [200.0, None])
def test_what_was_taken_refused_and_failed_is_told_apart(port: int, rate: float | None) -> None:
    sent = send(Load(port, "/events", VIEWERS, TITLES, 5, 1.0, 1, rate))
    seen = _Handler.seen
    assert sent.acknowledged == 5 * seen[202]
    assert (sent.busy, sent.failed) == (seen[503], seen[500])
    assert sent.requests == sum(seen.values())


def sent(**changes: float | None) -> Sent:
    usual = {"events_per_second": 5000.0, "acknowledged": 1, "requests": 4, "busy": 1, "failed": 0}
    times = {"p50_ms": 5.0, "p99_ms": 50.0, "p999_ms": 80.0, "generator_late_p99_ms": 1.0}
    return Sent(**usual | times | changes)  # type: ignore[arg-type]


def row(**changes: object) -> Row:
    usual = {
        "batch": 20,
        "most_events_per_second": 9000.0,
        "rate": 5000.0,
        "at_rate": sent(),
        "share_rate": 6300.0,
        "at_share": sent(),
        "past_rate": 13500.0,
        "past": sent(),
        "server_us_per_event": 60.0,
        "database_us_per_event": 20.0,
        "bytes_before": 100,
        "bytes_after": 110,
        "acknowledged": 1,
    }
    return Row(**usual | changes)  # type: ignore[arg-type]


def test_a_goal_is_met_by_our_rows_alone() -> None:
    slow = row(at_rate=sent(p99_ms=None), most_events_per_second=10.0)
    result = Result({"intake, 20": row(), "row by row, 20": slow}, 5000.0, 1.0, 1)
    assert [goal.met for goal in result.goals] == [True, True, True]
    worse = Result({"intake, 20": row(at_rate=sent(p99_ms=None), bytes_after=130)}, 5000.0, 1.0, 1)
    assert [goal.met for goal in worse.goals] == [False, True, False]
    assert sent().busy_share == 0.25
    assert json.loads(json.dumps(result.as_json()))["rows"]["intake, 20"]["at_rate"]["busy"] == 1


def test_both_routes_are_measured_and_counted(tmp_path: Path) -> None:
    result = measure(Plan(rate=100.0, batches=(5,), seconds=1.0, workers=1), Display())
    assert list(result.rows) == ["intake, 5", "row by row, 5"]
    for one in result.rows.values():
        assert one.at_rate.acknowledged > 0
        assert one.at_rate.failed == 0
    assert len(result.tables()) == 2


def test_sizes_that_no_list_has_are_refused() -> None:
    done = CliRunner().invoke(build(), ["benchmark", "events", "--batches", "0"])
    assert done.exit_code != 0

"""The load generator, a process of its own: a question as JSON on its input, what was measured on its output."""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pipelines.benchmark.serving.arrivals import arrivals
from pipelines.benchmark.serving.connection import Connection
from pipelines.benchmark.serving.latency import percentiles
from pipelines.benchmark.serving.loop import Outcome, closed_loop, open_loop


@dataclass(frozen=True, slots=True)
class Load:
    """What to ask of a server.

    Attributes
    ----------
    port : int
        On this machine.
    paths : list of str
        Asked for in turn.
    seconds : float
    connections : int
    rate : float or None
        Arrivals a second; None lets every connection ask as soon as it is answered.
    header : str
        One more line of every request, such as ``If-None-Match: "…"``; "" is none.
    seed : int
    """

    port: int
    paths: list[str]
    seconds: float
    connections: int
    rate: float | None = None
    header: str = ""
    seed: int = 0

    def json(self) -> str:
        """Return what ``main`` reads."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Measured:
    """What a load found.

    Attributes
    ----------
    loop : "open" or "closed"
    answers : int
    failed : int
        Answers that did not come, or whose status is no success.
    seconds : float
    requests_per_second : float
    p50_ms, p99_ms, p999_ms : float or None
        Of the open loop from the moment that a request was due.
    bytes_per_answer : float
    generator_ms_per_request : float
        What a request cost the generator's processor.
    generator_late_p99_ms : float or None
        By which the generator itself was late.
    """

    loop: Literal["open", "closed"]
    answers: int
    failed: int
    seconds: float
    requests_per_second: float
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    bytes_per_answer: float
    generator_ms_per_request: float
    generator_late_p99_ms: float | None


def measure(load: Load) -> Measured:
    """Ask, in this process."""
    head = f"Host: 127.0.0.1:{load.port}\r\n" + (f"{load.header}\r\n" if load.header else "")
    requests = [f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in load.paths]
    with ExitStack() as stack:
        opened = (Connection("127.0.0.1", load.port) for _ in range(load.connections))
        connections = [stack.enter_context(closing(one)) for one in opened]
        began = time.process_time()
        if load.rate is None:
            found = closed_loop(connections, requests, load.seconds)
        else:
            due = arrivals(load.rate, load.seconds, load.seed).tolist()
            found = open_loop(connections, requests, due)
        spent = time.process_time() - began
    return _measured("closed" if load.rate is None else "open", found, spent)


def main() -> None:
    """Answer the question on the standard input."""
    given: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(measure(Load(**given))), sys.stdout)


def _measured(loop: Literal["open", "closed"], found: Outcome, spent: float) -> Measured:
    answers = sum(count for status, count in found.statuses.items() if status)
    good = sum(count for status, count in found.statuses.items() if 200 <= status < 400)
    return Measured(
        loop=loop,
        answers=answers,
        failed=len(found.latencies) - good,
        seconds=found.seconds,
        requests_per_second=good / max(found.seconds, 1e-9),
        **percentiles(found.latencies),
        bytes_per_answer=found.size / max(answers, 1),
        generator_ms_per_request=1e3 * spent / max(answers, 1),
        generator_late_p99_ms=percentiles(found.delays)["p99_ms"],
    )


if __name__ == "__main__":
    main()

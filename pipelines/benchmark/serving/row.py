"""One row of the table: where a server's strength ends, and how long answers take at a share of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.benchmark.serving.load import Load, Measured
from pipelines.benchmark.serving.server import Server

SHARE = 0.7
"""Of the strength, at which latency is measured: nobody runs a service at its end."""
CONNECTIONS = (2, 8)
"""Clients who wait for their answers, by which the end is looked for: some servers give way under many."""
OPEN_CONNECTIONS = 64
"""Enough that a request waits for the server and not for a connection."""
WARM_SECONDS = 2.0

Paths = Callable[[int], list[str]]
"""From a number to so many paths; none that was given before, where that matters."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one way of answering can do.

    Attributes
    ----------
    requests_per_second : float
        The most that were answered, by clients who wait.
    p50_ms, p99_ms, p999_ms : float or None
        At ``rate``, from when each request was due, whether the server kept up or not.
    cpu_ms_per_request : float
        Of the server and its database together.
    rate : float
        ``SHARE`` of the most.
    server_ms_per_request, database_ms_per_request, generator_ms_per_request : float
        Processor time of each.
    bytes_per_answer : float
    answers, failed : int
        In the open loop.
    generator_late_p99_ms : float or None
        What the load generator adds to the latencies by itself.
    """

    requests_per_second: float
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    cpu_ms_per_request: float
    rate: float
    server_ms_per_request: float
    database_ms_per_request: float
    generator_ms_per_request: float
    bytes_per_answer: float
    answers: int
    failed: int
    generator_late_p99_ms: float | None


def row(server: Server, paths: Paths, seconds: float) -> Row:
    """Measure a server: first how much it answers at most, then how it answers less than that.

    Parameters
    ----------
    server : Server
    paths : callable
        Gives what is asked for.
    seconds : float
        Of each of the two.
    """
    asked(Load(server.port, paths(200), WARM_SECONDS, max(CONNECTIONS)))
    most, each = 0.0, seconds / len(CONNECTIONS)
    for connections in CONNECTIONS:
        # Of the fastest route a few paths are asked again and again; what must be new, is.
        found = asked(Load(server.port, paths(int(1000 * each)), each, connections))
        most = max(most, found.requests_per_second)
    rate = SHARE * most
    before = server.cpu_seconds(), server.database_seconds()
    found = asked(
        Load(server.port, paths(int(1.2 * rate * seconds) + 50), seconds, OPEN_CONNECTIONS, rate)
    )
    used = server.cpu_seconds() - before[0], server.database_seconds() - before[1]
    own, database = (1e3 * one / max(found.answers, 1) for one in used)
    return Row(
        requests_per_second=most,
        p50_ms=found.p50_ms,
        p99_ms=found.p99_ms,
        p999_ms=found.p999_ms,
        cpu_ms_per_request=own + database,
        rate=rate,
        server_ms_per_request=own,
        database_ms_per_request=database,
        generator_ms_per_request=found.generator_ms_per_request,
        bytes_per_answer=found.bytes_per_answer,
        answers=found.answers,
        failed=found.failed,
        generator_late_p99_ms=found.generator_late_p99_ms,
    )


def asked(load: Load) -> Measured:
    """Return what a load generator of its own process measured."""
    command = [sys.executable, "-m", "pipelines.benchmark.serving.load"]
    done = subprocess.run(command, input=load.json(), stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    given: dict[str, Any] = json.loads(done.stdout)
    return Measured(**given)

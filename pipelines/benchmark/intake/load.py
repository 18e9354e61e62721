"""The load generator, a process of its own: a question as JSON on its input, what was measured on its output."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.benchmark.intake.bodies import Bodies
from pipelines.benchmark.serving.arrivals import arrivals
from pipelines.benchmark.serving.connection import Connection
from pipelines.benchmark.serving.latency import percentiles
from pipelines.benchmark.serving.loop import closed_loop, open_loop

TAKEN, BUSY = 202, 503


@dataclass(frozen=True, slots=True)
class Load:
    """What to send to a server.

    Attributes
    ----------
    port : int
    path : str
    viewer_ids, title_ids : list of str
    batch : int
        Events of a request.
    seconds : float
    connections : int
    rate : float or None
        Events a second; None lets every connection send as soon as it is answered.
    """

    port: int
    path: str
    viewer_ids: list[str]
    title_ids: list[str]
    batch: int
    seconds: float
    connections: int
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it.

    Attributes
    ----------
    events_per_second : float
        That were acknowledged.
    acknowledged : int
        Events.
    requests, busy, failed : int
        Requests in all; those that were told to come again; those that got another answer, or none.
    p50_ms, p99_ms, p999_ms : float or None
        Of the open loop from the moment that a request was due.
    generator_late_p99_ms : float or None
        By which the generator itself was late.
    """

    events_per_second: float
    acknowledged: int
    requests: int
    busy: int
    failed: int
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    generator_late_p99_ms: float | None

    @property
    def busy_share(self) -> float:
        """Of the requests."""
        return self.busy / max(self.requests, 1)


def send(load: Load) -> Sent:
    """Have a process of its own send, and return what it measured."""
    command = [sys.executable, "-m", "pipelines.benchmark.intake.load"]
    asked = json.dumps(asdict(load))
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return Sent(**json.loads(done.stdout))


def main() -> None:
    """Answer the question on the standard input."""
    given: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(_send(Load(**given))), sys.stdout)


def _send(load: Load) -> Sent:
    bodies = Bodies(load.port, load.path, load.viewer_ids, load.title_ids, load.batch)
    with ExitStack() as stack:
        opened = (Connection("127.0.0.1", load.port) for _ in range(load.connections))
        connections = [stack.enter_context(closing(one)) for one in opened]
        if load.rate is None:
            found = closed_loop(connections, bodies, load.seconds)
        else:
            seed = time.time_ns() % (1 << 32)
            found = open_loop(
                connections, bodies, arrivals(load.rate / load.batch, load.seconds, seed).tolist()
            )
    taken = found.statuses[TAKEN]
    requests = len(found.latencies)
    busy = found.statuses[BUSY]
    return Sent(
        events_per_second=load.batch * taken / max(found.seconds, load.seconds),
        acknowledged=load.batch * taken,
        requests=requests,
        busy=busy,
        failed=requests - taken - busy,
        **percentiles(found.latencies),
        generator_late_p99_ms=percentiles(found.delays)["p99_ms"],
    )


if __name__ == "__main__":
    main()

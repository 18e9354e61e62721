"""Two ways to ask a server: as many come, whether it keeps up or not; or each client waiting for its answer."""

from __future__ import annotations

import math
import select
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.benchmark.serving.connection import Connection

PATIENCE = 10.0
"""Seconds after the last arrival in which answers are still waited for."""
HUNG_UP = 0
"""What stands for a status where none came."""


@dataclass(slots=True)
class Outcome:
    """What came of a load.

    Attributes
    ----------
    seconds : float
        From the start to the last answer.
    latencies : list of float
        Seconds from when each request was due, in order; ``inf`` where no answer came.
    delays : list of float
        Seconds by which requests were sent late though a connection was free: the generator's own.
    statuses : Counter of int
    size : int
        Bytes of all bodies.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    size: int = 0

    def count(self, connection: Connection) -> None:
        """Count a whole answer."""
        self.statuses[connection.status] += 1
        self.size += connection.size


def open_loop(
    connections: Sequence[Connection], requests: Sequence[bytes], due: Sequence[float]
) -> Outcome:
    """Send each request when it is due, or as soon after as a connection is free.

    A latency runs from the moment a request was due, so that a server that stalls is charged for all who
    would have come meanwhile.

    Parameters
    ----------
    connections : sequence of Connection
    requests : sequence of bytes
        Sent in turn.
    due : sequence of float
        Seconds from the start, ascending.

    References
    ----------
    Tene, "How NOT to Measure Latency", 2013: coordinated omission.
    """
    found = Outcome(latencies=[math.inf] * len(due))
    idle, busy, waiting = deque(connections), dict[Connection, int](), deque[int]()
    came, start = 0, time.perf_counter()
    end = (due[-1] if len(due) else 0.0) + PATIENCE
    while (came < len(due) or busy or waiting) and (now := time.perf_counter() - start) < end:
        free = bool(idle)
        while came < len(due) and due[came] <= now:
            waiting.append(came)
            if free:
                found.delays.append(now - due[came])
            came += 1
        while waiting and idle:
            connection, number = idle.popleft(), waiting.popleft()
            connection.ask(requests[number % len(requests)])
            busy[connection] = number
        pause = max(0.0, (due[came] if came < len(due) else end) - (time.perf_counter() - start))
        for connection in select.select(busy, (), (), pause)[0]:
            if _done(connection, found):
                number = busy.pop(connection)
                idle.append(connection)
                if connection.status != HUNG_UP:
                    found.latencies[number] = time.perf_counter() - start - due[number]
    found.seconds = time.perf_counter() - start
    return found


def closed_loop(
    connections: Sequence[Connection], requests: Sequence[bytes], seconds: float
) -> Outcome:
    """Let each connection ask again as soon as it is answered, for some seconds."""
    found, number, start = Outcome(), 0, time.perf_counter()
    sent: dict[Connection, float] = {}
    for connection in connections:
        connection.ask(requests[number % len(requests)])
        sent[connection], number = time.perf_counter(), number + 1
    while sent and time.perf_counter() - start < seconds + PATIENCE:
        for connection in select.select(sent, (), (), PATIENCE)[0]:
            if not _done(connection, found):
                continue
            now, began = time.perf_counter(), sent.pop(connection)
            found.latencies.append(now - began)
            found.seconds = now - start
            if found.seconds < seconds:
                connection.ask(requests[number % len(requests)])
                sent[connection], number = now, number + 1
    return found


def _done(connection: Connection, found: Outcome) -> bool:
    """Take what came; a connection that was hung up is opened again, and its answer counts as none."""
    try:
        if not connection.take():
            return False
    except OSError:
        connection.again()
        connection.status = HUNG_UP
    found.count(connection)
    return True

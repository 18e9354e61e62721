"""How long answers take at a fixed rate, from when each was due."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from pipelines.benchmark.serving.load import Load, Measured
from pipelines.benchmark.serving.row import OPEN_CONNECTIONS, WARM_SECONDS, asked
from pipelines.benchmark.serving.server import Server

RATE: Final = 200.0
"""Questions a second."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What an open loop found.

    Attributes
    ----------
    found : Measured
    cpu_ms_per_request : float
        Of the server and its database together.
    """

    found: Measured
    cpu_ms_per_request: float

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return asdict(self.found) | {"rate": RATE, "cpu_ms_per_request": self.cpu_ms_per_request}


def speed(server: Server, paths: list[str], seconds: float) -> Speed:
    """Ask at ``RATE`` for so many seconds, after some that do not count.

    Parameters
    ----------
    server : Server
    paths : list of str
        As many as are asked for, and those of the beginning besides: none comes twice.
    seconds : float
    """
    warm = int(1.5 * RATE * WARM_SECONDS)
    asked(Load(server.port, paths[:warm], WARM_SECONDS, OPEN_CONNECTIONS, RATE / 2, seed=1))
    before = server.cpu_seconds() + server.database_seconds()
    found = asked(Load(server.port, paths[warm:], seconds, OPEN_CONNECTIONS, RATE))
    used = server.cpu_seconds() + server.database_seconds() - before
    return Speed(found, 1e3 * used / max(found.answers, 1))


def needed(seconds: float) -> int:
    """Return how many paths ``speed`` is given for so many seconds."""
    return int(1.5 * RATE * (WARM_SECONDS + seconds)) + 100

"""What the benchmark found, for a program."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.benchmark.serving.goals import Goal, goals
from pipelines.benchmark.serving.page import Page
from pipelines.benchmark.serving.retrieval import Timed
from pipelines.benchmark.serving.row import CONNECTIONS, OPEN_CONNECTIONS, SHARE, Row
from recsys.machine import cores

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Result:
    """Everything of one run.

    Attributes
    ----------
    rows : dict of str to Row or Timed
    bundle : str
    page : Page
    titles, viewers : int
    replica_bytes : int
        Memory of a replica under load.
    database_bytes : int
        Of the viewers and their histories, indexes included.
    filled_seconds : float
        Until the replica was ready; the first time it fills the database.
    price : float
        Of a core for an hour.
    workers : int
        Processes that serve.
    inside : dict
        What each stage of a page costs.
    growth : list of dict
        The same of worlds of other sizes.
    """

    rows: dict[str, Row | Timed]
    bundle: str
    page: Page
    titles: int
    viewers: int
    replica_bytes: int
    database_bytes: int
    filled_seconds: float
    price: float
    workers: int
    inside: dict[str, Any]
    growth: list[dict[str, Any]] = field(default_factory=list)

    @property
    def table(self) -> dict[str, dict[str, Any]]:
        """The rows by name, each as a dict."""
        return {name: asdict(one) for name, one in self.rows.items()}

    @property
    def goals(self) -> list[Goal]:
        """What was to be reached."""
        return goals(self.table, self.replica_bytes)

    @property
    def database_mb_per_million_viewers(self) -> float:
        """In 10^6 bytes."""
        return self.database_bytes / self.viewers

    def money(self, name: str) -> float:
        """Return what a million answers of a row cost, processor time alone.

        Examples
        --------
        At 0.05 a core-hour a page of 36 ms costs 0.05 / 3600 * 0.036, a million of them 0.50.
        """
        return 1e6 * self.rows[name].cpu_ms_per_request / 1e3 / 3600 * self.price

    def as_json(self) -> dict[str, Any]:
        """Return it as ``--json`` writes it."""
        return {
            "benchmark": "serving",
            "data": f"made world of {self.titles} titles and {self.viewers} viewers",
            "bundle": self.bundle,
            "machine": machine(),
            "load": {
                "closed_loop_connections": list(CONNECTIONS),
                "open_loop_connections": OPEN_CONNECTIONS,
                "open_loop_share_of_saturation": SHARE,
                "workers": self.workers,
                "on_the_same_cores": ["server", "database", "load generator"],
            },
            "page": {
                "rows": self.page.rows,
                "titles": self.page.titles,
                "bytes": len(self.page.body),
                "degraded": self.page.degraded,
                "etag": self.page.etag,
            },
            "rows": self.table,
            "goals": [one.as_json() for one in self.goals],
            "cost": {
                "price_per_core_hour": self.price,
                "currency": CURRENCY,
                "per_million": {name: self.money(name) for name in self.rows},
            },
            "memory": {
                "replica_bytes": self.replica_bytes,
                "database_mb_per_million_viewers": self.database_mb_per_million_viewers,
            },
            "ready_seconds": self.filled_seconds,
            "stages": self.inside,
            "growth": self.growth,
        }


def machine() -> dict[str, Any]:
    """Say on what this was measured."""
    return {
        "cores": cores(),
        "processor": _processor(),
        "python": platform.python_version(),
        # More of them than cores at the end of a run is others' work, which makes every figure worse.
        "load_average": os.getloadavg()[0],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()

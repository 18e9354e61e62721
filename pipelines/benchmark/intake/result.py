"""What the benchmark found, for a program and for a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.table import Table

from pipelines.benchmark.intake.load import Sent
from pipelines.benchmark.intake.row import CONNECTIONS, OPEN_CONNECTIONS, PAST_CONNECTIONS, Row
from pipelines.benchmark.serving.goals import Goal
from pipelines.benchmark.serving.result import machine

GROWN = 1.2
"""How much memory may grow while more comes than can be taken."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything of one run.

    Attributes
    ----------
    rows : dict of str to Row
        By the route and the events of a request.
    rate : float
        Events a second that are to be taken.
    seconds : float
        Of each phase.
    workers : int
        Processes that serve.
    """

    rows: dict[str, Row]
    rate: float
    seconds: float
    workers: int

    @property
    def goals(self) -> list[Goal]:
        """What was to be reached, by each size of a request."""
        found = []
        for name, one in self.rows.items():
            if name.startswith("intake"):
                found += [
                    Goal(f"{name}: p99 at {self.rate:,.0f}/s, ms", "<=", 100, one.at_rate.p99_ms),
                    Goal(f"{name}: events a second", ">=", self.rate, one.most_events_per_second),
                    Goal(
                        f"{name}: memory after too much, of before",
                        "<=",
                        GROWN,
                        one.bytes_after / one.bytes_before,
                    ),
                ]
        return found

    def as_json(self) -> dict[str, Any]:
        """Return it as ``--json`` writes it."""
        return {
            "benchmark": "events",
            "data": "events drawn by chance",
            "machine": machine(),
            "load": {
                "seconds": self.seconds,
                "workers": self.workers,
                "connections": {
                    "closed loop": CONNECTIONS,
                    "open loop": OPEN_CONNECTIONS,
                    "past": PAST_CONNECTIONS,
                },
                "on_the_same_cores": ["server", "database", "load generator"],
            },
            "rows": {name: asdict(one) for name, one in self.rows.items()},
            "goals": [one.as_json() for one in self.goals],
        }

    def tables(self) -> list[Table]:
        """Return what was found and whether the goals are met, as tables."""
        rows = _table("taking events in")
        rows.add_column("route, events a request")
        for name in ("most /s", "asked /s", "taken /s", "p50 ms", "p99 ms", "p99.9 ms", "503 %"):
            rows.add_column(name, justify="right")
        rows.add_column("cpu us an event", justify="right")
        for name, one in self.rows.items():
            for rate, sent in (
                (one.share_rate, one.at_share),
                (one.rate, one.at_rate),
                (one.past_rate, one.past),
            ):
                rows.add_row(name, *_cells(one, rate, sent))
        goals = _table("goals")
        for name in ("goal", "wanted", "got", ""):
            goals.add_column(name)
        for goal in self.goals:
            mark = "[bold green]met[/]" if goal.met else "[red]not met[/]"
            goals.add_row(goal.name, f"{goal.sign} {goal.wanted:g}", _shown(goal.got), mark)
        return [rows, goals]


def _cells(one: Row, rate: float, sent: Sent) -> list[str]:
    return [
        f"{one.most_events_per_second:,.0f}",
        f"{rate:,.0f}",
        f"{sent.events_per_second:,.0f}",
        *(_shown(value) for value in (sent.p50_ms, sent.p99_ms, sent.p999_ms)),
        f"{100 * sent.busy_share:.1f}",
        f"{one.server_us_per_event:.0f} + {one.database_us_per_event:.0f}",
    ]


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0)
    )


def _shown(value: float | None) -> str:
    return "never" if value is None else f"{value:,.2f}"

"""What the benchmark of search found, for a program and for a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

from pipelines.benchmark.search.quality import Score
from pipelines.benchmark.search.speed import RATE, Speed
from pipelines.benchmark.serving.goals import Goal
from pipelines.benchmark.serving.result import machine

if TYPE_CHECKING:
    from pipelines.benchmark.search.run import Plan


@dataclass(frozen=True, slots=True)
class Result:
    """Everything of one run.

    Attributes
    ----------
    plan : Plan
    search, suggest : Speed
    recall : float
        Share of mistyped names that find their title in the first ten.
    index_bytes : int
        On the disk.
    build_seconds : float
    build_bytes : int
        Most memory while it was built.
    replica_bytes : int
        Memory of a replica after the load, its catalog included.
    judged : Score or None
        Over real titles.
    """

    plan: Plan
    search: Speed
    suggest: Speed
    recall: float
    index_bytes: int
    build_seconds: float
    build_bytes: int
    replica_bytes: int
    judged: Score | None

    @property
    def goals(self) -> list[Goal]:
        """What was to be reached."""
        search, suggest = self.search.found, self.suggest.found
        return [
            Goal(f"p99 of a search at {RATE:g} a second, ms", "<=", 50, search.p99_ms),
            Goal(f"p99 of suggestions at {RATE:g} a second, ms", "<=", 20, suggest.p99_ms),
            Goal("names with one typing error found in the first ten", ">=", 0.95, self.recall),
            Goal("answers that failed", "<=", 0, search.failed + suggest.failed),
        ]

    def as_json(self) -> dict[str, Any]:
        """Return it as ``--json`` writes it."""
        plan = self.plan
        return {
            "benchmark": "search",
            "data": f"made world of {plan.titles} titles and {plan.episodes} episodes",
            "machine": machine(),
            "workers": plan.workers,
            "rows": {"search": self.search.as_json(), "suggest": self.suggest.as_json()},
            "recall_of_one_typo": self.recall,
            "typos": plan.typos,
            "index": {
                "bytes": self.index_bytes,
                "build_seconds": self.build_seconds,
                "build_peak_bytes": self.build_bytes,
            },
            "memory": {"replica_bytes": self.replica_bytes},
            "judged": None
            if self.judged is None
            else {"data": None if plan.data is None else plan.data.resolve().name}
            | asdict(self.judged),
            "goals": [one.as_json() for one in self.goals],
        }

    def table(self) -> Table:
        """Return the goals, and what is not one."""
        shown = Table("", "wanted", "got", "", title="search")
        for one in self.goals:
            got = "-" if one.got is None else f"{one.got:,.3g}"
            mark = "[bold green]met[/]" if one.met else "[red]SHORT[/]"
            shown.add_row(one.name, f"{one.sign} {one.wanted:g}", got, mark)
        rest = {
            "index, MB": f"{self.index_bytes / 1e6:,.0f}",
            "index built in, s": f"{self.build_seconds:.1f}",
            "memory of a replica, MB": f"{self.replica_bytes / 1e6:,.0f}",
        }
        if self.judged is not None:
            rest |= {f"NDCG@10 of {self.judged.questions} questions": f"{self.judged.ndcg:.3f}"}
            rest |= {f"  {kind}": f"{score:.3f}" for kind, score in self.judged.by_kind.items()}
        for name, value in rest.items():
            shown.add_row(name, "", value, "")
        return shown

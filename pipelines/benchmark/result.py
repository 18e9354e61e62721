"""What a benchmark found: as JSON for a program, as a table for a person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from pipelines.benchmark.trial import Trial
from pipelines.figures import difference, row
from pipelines.files import atomic_file
from recsys.evaluate import Evaluation
from recsys.metrics import Interval, paired

SHOWN = ("ndcg@10", "recall@20", "coverage@10")
COMPARED = ("ndcg@10", "recall@20")


@dataclass(slots=True)
class Result:
    """The rows of a benchmark, in the order in which the models were asked for.

    Attributes
    ----------
    benchmark, data, test_sha256 : str
    facts : dict
        What else is needed to run it again, such as the cut.
    trials : dict of str to (Trial, Evaluation)
        By model.
    """

    benchmark: str
    data: str
    test_sha256: str
    facts: dict[str, Any]
    trials: dict[str, tuple[Trial, Evaluation]] = field(default_factory=dict)

    def paired(self) -> list[tuple[str, str, str, Interval]]:
        """Return ``(model, rival, metric, difference)`` of the hybrid, or the last model, with each."""
        if not self.trials:
            return []
        model = "hybrid" if "hybrid" in self.trials else list(self.trials)[-1]
        ours = self.trials[model][1].values
        return [
            (model, rival, metric, paired(ours[metric], evaluation.values[metric]))
            for rival, (_, evaluation) in self.trials.items()
            if rival != model
            for metric in COMPARED
        ]

    def write(self, path: Path) -> None:
        """Write the JSON that every benchmark writes."""
        content = {
            "benchmark": self.benchmark,
            "data": self.data,
            "test_sha256": self.test_sha256,
            "split": self.facts,
            "rows": [
                row(
                    model,
                    evaluation,
                    trial.config,
                    fit_seconds=trial.fit_seconds,
                    peak_rss_bytes=trial.peak_rss_bytes,
                )
                for model, (trial, evaluation) in self.trials.items()
            ],
            "paired": [difference(*compared) for compared in self.paired()],
        }
        with atomic_file(path) as beside:
            beside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def tables(self) -> list[Table]:
        """Return the rows, and the paired differences, to be printed."""
        title = f"{self.benchmark} on {self.data}"
        rows = Table(title=title, title_justify="left", box=box.SIMPLE, pad_edge=False)
        rows.add_column("model", no_wrap=True)
        for name in (*SHOWN, "fit s", "peak MB"):
            rows.add_column(name, justify="right", no_wrap=True, min_width=len(name))
        for model, (trial, evaluation) in self.trials.items():
            rows.add_row(
                model,
                *(_shown(evaluation.means[name]) for name in SHOWN),
                f"{trial.fit_seconds:.1f}",
                f"{trial.peak_rss_bytes / 1e6:.0f}",
            )
        title = "paired differences, 95 % intervals"
        differences = Table(title=title, title_justify="left", box=box.SIMPLE)
        for name in ("model", "rival", "metric", "difference"):
            differences.add_column(name, justify="right" if name == "difference" else "left")
        for model, rival, metric, interval in self.paired():
            sure = "bold green" if interval.low > 0 else "red" if interval.high < 0 else ""
            differences.add_row(
                model,
                rival,
                metric,
                f"{interval.mean:+.4f} [{interval.low:+.4f}, {interval.high:+.4f}]",
                style=sure,
            )
        return [rows, differences]


def _shown(one: Interval) -> str:
    return f"{one.mean:.4f}\n{one.low:.3f} {one.high:.3f}"

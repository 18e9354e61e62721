"""What a benchmark found, as tables for a person."""

from __future__ import annotations

from rich import box
from rich.table import Table

from pipelines.benchmark.published import published
from pipelines.benchmark.result import Result
from recsys.metrics import Interval

INTERVAL_WIDTH = len("0.000 0.000")


def tables(result: Result) -> list[Table]:
    """Return the rows beside published ones, and the paired differences, to be printed."""
    return [_rows(result), _differences(result)] if result.trials else []


def _rows(result: Result) -> Table:
    shown = result.protocol.shown
    title = f"{result.protocol.name} on {result.data.name}"
    papers = published(result.as_json())
    rows = Table(
        title=title, title_justify="left", box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0)
    )
    # So narrow that all columns stay visible in a terminal of 80 characters.
    rows.add_column("model", min_width=15)
    for name in shown:
        header = name.replace("_", "_\n")
        rows.add_column(header, justify="right", no_wrap=True, min_width=INTERVAL_WIDTH)
    for name in ("fit s", "score s", "peak MB"):
        rows.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for paper in papers:
        figures = (f"{paper.metrics[name]:.3f}" if name in paper.metrics else "" for name in shown)
        rows.add_row(paper.model, *figures, "", "", "", style="dim")
    if papers:
        rows.caption = "Published: " + "; ".join(f"{one.model}, {one.source}" for one in papers)
        rows.caption_justify = "left"
    for model, (trial, evaluation) in result.trials.items():
        rows.add_row(
            model,
            *(_shown(evaluation.means[name]) for name in shown),
            f"{trial.fit_seconds:.1f}",
            f"{trial.score_seconds:.1f}",
            f"{trial.peak_rss_bytes / 1e6:.0f}",
        )
    return rows


def _differences(result: Result) -> Table:
    title = "paired differences, 95 % intervals"
    differences = Table(title=title, title_justify="left", box=box.SIMPLE)
    for name in ("model", "rival", "metric", "difference"):
        differences.add_column(name, justify="right" if name == "difference" else "left")
    for model, rival, metric, interval in result.paired():
        sure = "bold green" if interval.low > 0 else "red" if interval.high < 0 else ""
        differences.add_row(
            model,
            rival,
            metric,
            f"{interval.mean:+.4f} [{interval.low:+.4f}, {interval.high:+.4f}]",
            style=sure,
        )
    return differences


def _shown(one: Interval) -> str:
    return f"{one.mean:.4f}\n{one.low:.3f} {one.high:.3f}"

"""What was found, as tables for a person."""

from __future__ import annotations

from rich import box
from rich.table import Table

from pipelines.benchmark.serving.result import CURRENCY, Result

STAGES = 12
"""The dearest are shown."""


def tables(result: Result) -> list[Table]:
    """Return the rows, the goals, and the dearest stages of a page."""
    return [_rows(result), _goals(result), _stages(result)]


def _rows(result: Result) -> Table:
    title = f"serving {result.titles:,} titles to {result.viewers:,} viewers"
    rows = _table(title)
    rows.add_column("route")
    for name in ("a second", "p50 ms", "p99 ms", "p99.9 ms", "cpu ms", f"{CURRENCY} a million"):
        rows.add_column(name, justify="right")
    for name, one in result.rows.items():
        rows.add_row(
            name,
            f"{one.requests_per_second:,.0f}",
            *(_shown(value) for value in (one.p50_ms, one.p99_ms, one.p999_ms)),
            f"{one.cpu_ms_per_request:,.2f}",
            f"{result.money(name):.3f}",
        )
    rows.caption = (
        f"{result.workers} process on the same cores as its database and the load generator; latency at 70 % of what is "
        "answered at most, from when a request was due"
    )
    rows.caption_justify = "left"
    return rows


def _goals(result: Result) -> Table:
    found = _table("goals")
    for name in ("goal", "wanted", "got", ""):
        found.add_column(name, justify="left" if name == "goal" else "right")
    for one in result.goals:
        mark = "[bold green]met[/]" if one.met else "[red]not met[/]"
        found.add_row(one.name, f"{one.sign} {one.wanted:g}", _shown(one.got), mark)
    return found


def _stages(result: Result) -> Table:
    inside = result.inside
    found = _table(f"a page by itself: {inside['page_ms']:.1f} ms, of which")
    found.add_column("function")
    found.add_column("ms", justify="right")
    for name, spent in list(inside["stages"].items())[:STAGES]:
        found.add_row(name, f"{spent:.2f}")
    return found


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0)
    )


def _shown(value: float | None) -> str:
    return "never" if value is None else f"{value:,.2f}"

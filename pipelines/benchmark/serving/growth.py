"""How cost grows with the catalog: the same page over worlds of other sizes, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipelines.benchmark.serving.asking import homes
from pipelines.benchmark.serving.page import Page
from pipelines.benchmark.serving.place import Place
from pipelines.benchmark.serving.result import Result
from pipelines.benchmark.serving.retrieval import Timed
from pipelines.benchmark.serving.row import Row, row
from pipelines.benchmark.serving.run import Plan, retrieval_rows
from pipelines.benchmark.serving.server import replica
from pipelines.nightly.display import Display
from pipelines.report.style import INK, axes, colour, on_white
from recsys.settings import Settings

LINES = {
    "processor time of a page": ("uncached", "cpu_ms_per_request"),
    "retrieval, median": ("retrieval", "p50_ms"),
    "raw FAISS search, median": ("faiss", "p50_ms"),
}


def of_result(result: Result) -> dict[str, Any]:
    """Return what a whole run says of its own size."""
    return _as_json(result.titles, result.viewers, result.page, result.replica_bytes, result.rows)


def grown(place: Place, plan: Plan, settings: Settings, display: Display) -> dict[str, Any]:
    """Measure one size: its page, retrieval, and memory.

    Parameters
    ----------
    place : Place
        With few viewers: a page does not depend on how many others there are.
    plan : Plan
    settings : Settings
    display : Display
    """
    bundle = place.prepare(settings, display)
    with (
        replica(place.store, place.registry.root, plan.workers) as server,
        display.step(f"{place.titles:,} titles") as line,
    ):
        page = Page.of(server, homes(place.viewers, seed=1).take(20))
        found = {"uncached": row(server, homes(place.viewers).take, plan.seconds)}
        held = server.replica_bytes()
        line.result = f"{found['uncached'].cpu_ms_per_request:.1f} ms of processor a page, {held / 1e6:,.0f} MB"
    rows = found | retrieval_rows(place, bundle, plan, display)
    return _as_json(place.titles, place.viewers, page, held, rows)


def _as_json(
    titles: int, viewers: int, page: Page, held: int, rows: Mapping[str, Row | Timed]
) -> dict[str, Any]:
    names = dict.fromkeys(name for name, _ in LINES.values())
    return {
        "titles": titles,
        "viewers": viewers,
        "page_rows": page.rows,
        "page_titles": page.titles,
        "replica_bytes": held,
        "rows": {name: asdict(rows[name]) for name in names},
    }


def draw(grown: Sequence[dict[str, Any]]) -> str:
    """Draw time against titles, each size with the memory of a replica, as an SVG file on white."""
    sizes = sorted(grown, key=lambda one: int(one["titles"]))
    titles = [one["titles"] for one in sizes]
    with axes(7.2, 4.0) as (plot, drawn):
        plot.set_xscale("log")
        plot.set_yscale("log")
        for index, (name, (row_name, what)) in enumerate(LINES.items()):
            values = [one["rows"][row_name][what] for one in sizes]
            plot.plot(titles, values, "o-", color=colour(index), label=name)
        for one in sizes:
            high = one["rows"]["uncached"]["cpu_ms_per_request"]
            plot.annotate(
                f"{one['replica_bytes'] / 1e6:,.0f} MB",
                (one["titles"], high),
                (0, 8),
                textcoords="offset points",
                ha="center",
                color=INK,
            )
        plot.margins(x=0.1, y=0.15)
        plot.xaxis.set_major_formatter("{x:,.0f}")
        plot.yaxis.set_major_formatter("{x:g}")
        plot.set_xlabel("titles; beside a page, the memory of a replica")
        plot.set_ylabel("milliseconds")
        plot.legend()
    return on_white(drawn[0])


def write_growth(path: Path, grown: Sequence[dict[str, Any]]) -> None:
    """Write the drawing to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(draw(grown))

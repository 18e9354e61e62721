"""The whole run: a world made ready, every way of answering measured one after another, and a look inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from pipelines.benchmark.serving.asking import AGAIN, Turns, homes, similars
from pipelines.benchmark.serving.by_hand import prepare_by_hand, watched_matrix
from pipelines.benchmark.serving.database import viewers_bytes
from pipelines.benchmark.serving.page import Page
from pipelines.benchmark.serving.place import Place, title_ids
from pipelines.benchmark.serving.processes import require_linux
from pipelines.benchmark.serving.result import Result
from pipelines.benchmark.serving.retrieval import Timed, retrievals
from pipelines.benchmark.serving.row import Row, row
from pipelines.benchmark.serving.server import Server, beside, replica
from pipelines.benchmark.serving.world import viewer_ids
from pipelines.nightly.display import Display
from pipelines.steps import run_step
from recsys.bundle import Bundle
from recsys.settings import Settings

SIMILAR_TITLES = 20
ROUNDS = 6
"""How often each kept page is asked for beforehand: by chance, by any of the processes."""
HISTORIES = 500
"""Of viewers for whom retrieval is measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to measure.

    Attributes
    ----------
    seconds : float
        Of each search for the end of a server's strength, and of each open loop.
    price : float
        Of a core for an hour.
    workers : int
        Processes that serve.
    """

    seconds: float
    price: float
    workers: int


def measure(place: Place, plan: Plan, settings: Settings, display: Display) -> Result:
    """Make a world ready and measure everything.

    Parameters
    ----------
    place : Place
    plan : Plan
    settings : Settings
        Whose shelf and policy are used; store and registry are the place's own.
    display : Display

    Raises
    ------
    ConfigError
        If this is not Linux.
    """
    require_linux()
    bundle = place.prepare(settings, display)
    own = settings.model_copy(
        update={"store": place.store, "registry": place.registry.root, "database_url": ""}
    )
    with replica(own.store, own.registry, plan.workers) as server:
        with display.step("page") as line:
            page = Page.of(server, homes(place.viewers, seed=1).take(100))
            line.result = (
                f"{page.rows:.1f} rows, {page.titles:.0f} titles, {len(page.body):,} bytes"
            )
        rows = _service(server, place, plan, display)
        seconds, held = server.started_seconds, server.replica_bytes()
        room = viewers_bytes(own)
        like = server.get(similars(title_ids(place.store), SIMILAR_TITLES).take(1)[0])[1]
    rows |= _bare(page.body, like, plan, display) | _by_hand(
        place, round(page.titles), plan, display
    )
    rows |= retrieval_rows(place, bundle, plan, display)
    return Result(
        rows=rows,
        bundle=bundle.id,
        page=page,
        titles=place.titles,
        viewers=place.viewers,
        replica_bytes=held,
        database_bytes=room,
        filled_seconds=seconds,
        price=plan.price,
        workers=plan.workers,
        inside=_inside(own, place, plan, display),
    )


def _service(server: Server, place: Place, plan: Plan, display: Display) -> dict[str, Row | Timed]:
    """Measure the real routes."""
    # Whatever cache there is meets the same viewers again and again here.
    few = Turns(homes(place.viewers, seed=2).take(AGAIN))
    asked: dict[str, Callable[[int], list[str]]] = {
        "uncached": homes(place.viewers).take,
        "cached": few.take,
        "similar": similars(title_ids(place.store), SIMILAR_TITLES).take,
    }
    rows: dict[str, Row | Timed] = {}
    for name, paths in asked.items():
        if name == "cached":
            rounds = 1 if plan.workers == 1 else ROUNDS  # until each process has made them all
            for path in rounds * few.take(AGAIN):
                server.get(path)
        rows[name] = _row(name, server, paths, plan, display)
    return rows


def _bare(page: bytes, like: bytes, plan: Plan, display: Display) -> dict[str, Row | Timed]:
    """Measure the bare route with the bytes of a page, and with those of a list of similar titles."""
    rows: dict[str, Row | Timed] = {}
    for name, body in (("bare", page), ("bare-similar", like)):
        with TemporaryDirectory() as folder:
            (file := Path(folder) / "body.json").write_bytes(body)
            with beside("bare", str(file)) as server:
                rows[name] = _row(name, server, lambda _: ["/bare"], plan, display)
    return rows


def _by_hand(place: Place, n: int, plan: Plan, display: Display) -> dict[str, Row | Timed]:
    folder, raw = place.folder / "by-hand", place.store / "raw"
    with display.step("fit by hand") as line:
        work = lambda: prepare_by_hand(folder, raw, place.viewers)  # noqa: E731
        line.done = run_step(place.folder, "by-hand", work, inputs=[raw], outputs=[folder])
    paths = Turns.of([f"/recommendations/{at}?n={n}" for at in range(place.viewers)], seed=0)
    with beside("by-hand", str(folder)) as server:
        return {"by-hand": _row("by-hand", server, paths.take, plan, display)}


def retrieval_rows(
    place: Place, bundle: Bundle, plan: Plan, display: Display
) -> dict[str, Row | Timed]:
    """Measure retrieval in this process."""
    with display.step("retrieval") as line:
        histories = _histories(place)
        found = retrievals(bundle, histories, plan.seconds / 2)
        line.result = ", ".join(f"{name} {one.p50_ms:.2f} ms" for name, one in found.items())
    return dict(found)


def _histories(place: Place) -> list[list[int]]:
    """Return what some viewers watched, as internal ids: the bundle's titles are the store's, in order."""
    import pyarrow as pa  # noqa: PLC0415

    titles = pa.array(sorted(title_ids(place.store)))
    few = viewer_ids(min(HISTORIES, place.sampled))
    watched = watched_matrix(place.folder / "learned" / "raw", few, titles)
    return [row.tolist() for row in np.split(watched.indices, watched.indptr[1:-1])]


def _inside(own: Settings, place: Place, plan: Plan, display: Display) -> dict[str, Any]:
    """Have pages made one after another in another process, and return what each stage took."""
    with display.step("inside") as line, TemporaryDirectory() as folder:
        ids = homes(place.viewers, seed=3).take(2000)
        (file := Path(folder) / "viewers.txt").write_text(
            "\n".join(path.partition("=")[2] for path in ids)
        )
        command = [
            sys.executable,
            "-m",
            "serving.beside",
            "inside",
            str(file),
            "--seconds",
            str(plan.seconds),
        ]
        places = {
            "RECSYS_STORE": str(own.store.resolve()),
            "RECSYS_REGISTRY": str(own.registry.resolve()),
        }
        done = subprocess.run(  # noqa: S603  our own program
            command, env={**os.environ, **places}, stdout=subprocess.PIPE, text=True, check=True
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        line.result = f"{found['page_ms']:.1f} ms a page"
    return found


def _row(
    name: str, server: Server, paths: Callable[[int], list[str]], plan: Plan, display: Display
) -> Row:
    with display.step(name) as line:
        found = row(server, paths, plan.seconds)
        line.result = (
            f"{found.requests_per_second:,.0f}/s, p99 {found.p99_ms or float('inf'):,.1f} ms"
        )
    return found

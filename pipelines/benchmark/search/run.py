"""The whole run: a world made, its index built, served and asked; and the judged set over real titles, if there are some."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.benchmark.search.judged import questions as judged_questions
from pipelines.benchmark.search.quality import Score, judge, recall
from pipelines.benchmark.search.questions import Questions, paths
from pipelines.benchmark.search.result import Result
from pipelines.benchmark.search.speed import Speed, needed, speed
from pipelines.benchmark.search.world import write_store
from pipelines.benchmark.serving.processes import require_linux, resident_bytes
from pipelines.benchmark.serving.server import replica
from pipelines.benchmark.serving.world import viewer_ids
from pipelines.files import fingerprint, lock
from pipelines.nightly.display import Display
from pipelines.steps import run_step
from recsys.errors import InputError

SEED = 0
VIEWERS = 5000
ANY = "/api/search?q=a"
"""Answered as soon as there is an index; there is no bundle here."""
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes
    ----------
    titles, episodes : int
    seconds : float
        Of each open loop.
    typos : int
        Mistyped names.
    workers : int
        Processes that serve.
    data : Path or None
        Real titles for the judged set, as ``recsys ingest`` reads them.
    """

    titles: int
    episodes: int
    seconds: float
    typos: int
    workers: int
    data: Path | None


def measure(plan: Plan, folder: Path, display: Display) -> Result:
    """Measure everything.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Keeps the world; one of the same size is used again.
    display : Display

    Raises
    ------
    ConfigError
        If this is not Linux.
    """
    require_linux()
    store = folder / f"{plan.titles}x{plan.episodes}"
    store.mkdir(parents=True, exist_ok=True)
    with lock(store / "place.lock"):
        _make(plan, store, display)
        seconds, peak, size = _index(store, display)
        catalog = pq.read_table(store / "raw" / "titles.parquet", columns=_columns())
        with replica(store, folder / "registry", plan.workers, asked=ANY) as server:
            drawn, viewers = Questions.of(catalog, SEED), viewer_ids(VIEWERS).to_pylist()
            with display.step("search") as line:
                found = speed(
                    server, paths(drawn.some(needed(plan.seconds)), viewers), plan.seconds
                )
                line.result = _told(found)
            with display.step("suggest") as line:
                begun = [drawn.begun() for _ in range(needed(plan.seconds))]
                completed = speed(server, paths(begun, viewers, suggest=True), plan.seconds)
                line.result = _told(completed)
            with display.step("typos") as line:
                share = recall(server, drawn, plan.typos)
                line.result = f"{share:.1%} of {plan.typos}"
            held = resident_bytes(server.pid)
    return Result(
        plan=plan,
        search=found,
        suggest=completed,
        recall=share,
        index_bytes=size,
        build_seconds=seconds,
        build_bytes=peak,
        replica_bytes=held,
        judged=None if plan.data is None else _judged(plan.data, display),
    )


def _columns() -> list[str]:
    return ["title_id", "title_type", "name", "genres", "release_year", "cast"]


def _make(plan: Plan, store: Path, display: Display) -> None:
    with display.step("world") as line:
        line.total(plan.titles)

        def work() -> None:
            write_store(
                store,
                titles=plan.titles,
                episodes=plan.episodes,
                viewers=VIEWERS,
                seed=SEED,
                told=line.advance,
            )

        code = fingerprint([HERE / "world.py", HERE.parents[1] / "world"])
        facts = (plan.titles, plan.episodes, VIEWERS, SEED, code)
        line.done = run_step(store, "world", work, inputs=[], outputs=[store / "raw"], facts=facts)


def _index(store: Path, display: Display) -> tuple[float, int, int]:
    """Build the index anew, as a replica or a night does, and return its seconds, peak memory and size."""
    with display.step("index") as line:
        shutil.rmtree(root := store / "search", ignore_errors=True)
        command = [
            sys.executable,
            "-m",
            "recsys.search",
            str(store / "raw/titles.parquet"),
            str(root),
        ]
        start = time.perf_counter()
        with subprocess.Popen(command) as maker:  # noqa: S603  our own program
            peak = 0
            while maker.poll() is None:
                peak = max(peak, resident_bytes(maker.pid))
                time.sleep(0.05)
        if maker.returncode:
            raise InputError(expected="an index", got=f"exit code {maker.returncode}", where=store)
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        line.result = f"{seconds:.1f} s, {size / 1e6:,.0f} MB"
    return seconds, peak, size


def _judged(data: Path, display: Display) -> Score:
    from pipelines.ingest import ingest  # noqa: PLC0415

    with display.step("judged") as line, TemporaryDirectory() as place:
        store = Path(place) / "store"
        ingest(data, store, anew=True)
        catalog = pq.read_table(store / "raw" / "titles.parquet")
        questions = judged_questions(catalog, _known(store), SEED)
        with replica(store, Path(place) / "registry", asked=ANY) as server:
            score = judge(server, questions)
        line.result = f"NDCG@10 {score.ndcg:.3f}"
    return score


def _known(store: Path) -> list[str]:
    """Return the ids of titles, those with most events first."""
    events = pq.read_table(store / "raw" / "events", columns=["title_id"])["title_id"]
    counts = events.value_counts()
    table = pa.table({"id": counts.field("values"), "n": counts.field("counts")})
    order = [("n", "descending"), ("id", "ascending")]
    ids: list[str] = table.sort_by(order)["id"].to_pylist()
    return ids


def _told(found: Speed) -> str:
    return f"p50 {found.found.p50_ms or 0:.1f} ms, p99 {found.found.p99_ms or float('inf'):.1f} ms"

"""The whole run: a catalog, our route and one written by hand, each asked for single events and for batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from pipelines.benchmark.intake.load import Load
from pipelines.benchmark.intake.result import Result
from pipelines.benchmark.intake.row import Row, row
from pipelines.benchmark.serving.place import title_ids
from pipelines.benchmark.serving.processes import require_linux
from pipelines.benchmark.serving.server import Server, beside, postmaster, replica
from pipelines.benchmark.serving.world import viewer_ids, write_world
from pipelines.database import running
from pipelines.nightly.display import Display
from recsys.errors import InputError
from recsys.settings import Settings

TITLES, VIEWERS, SAMPLED = 2000, 20_000, 1000
SEED = 0
OURS, RIVAL = "/api/analytics/event", "/events"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to measure.

    Attributes
    ----------
    rate : float
        Events a second that are to be taken.
    batches : tuple of int
        Events of a request, each measured.
    seconds : float
        Of each phase.
    workers : int
        Processes that serve; the rival has one.
    """

    rate: float
    batches: tuple[int, ...]
    seconds: float
    workers: int


def measure(plan: Plan, display: Display) -> Result:
    """Measure both routes, each over a database of its own that is thrown away.

    Raises
    ------
    ConfigError
        If this is not Linux.
    InputError
        If the database does not hold what was acknowledged.
    """
    require_linux()
    rows: dict[str, Row] = {}
    with TemporaryDirectory(prefix="recsys-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        root.chmod(0o755)  # PostgreSQL never runs as root, and has to come in
        titles, viewers = _catalog(root, display), viewer_ids(VIEWERS).to_pylist()
        for batch in plan.batches:
            asked = Load(0, OURS, viewers, titles, batch, plan.seconds, 1)
            with _ours(root / f"ours-{batch}", root / "store", plan.workers) as server:
                found = _row(server, replace(asked, port=server.port), plan, display)
                _count(root / f"ours-{batch}", found.acknowledged)
            rows[f"intake, {batch}"] = found
            asked = replace(asked, path=RIVAL)
            with _rival(root / f"rival-{batch}") as server:
                found = _row(server, replace(asked, port=server.port), plan, display)
                _count(root / f"rival-{batch}", found.acknowledged)
            rows[f"row by row, {batch}"] = found
    return Result(rows, plan.rate, plan.seconds, plan.workers)


def _catalog(root: Path, display: Display) -> list[str]:
    from pipelines.ingest import ingest  # noqa: PLC0415

    with display.step("world") as line:
        write_world(
            root / "world",
            root / "sample",
            titles=TITLES,
            viewers=VIEWERS,
            sampled=SAMPLED,
            seed=SEED,
            told=line.advance,
        )
        ingest(root / "world", root / "store", anew=True)
    return title_ids(root / "store")


@contextmanager
def _ours(folder: Path, ingested: Path, workers: int) -> Iterator[Server]:
    """Run a replica over the catalog, without a bundle: taking events in needs none."""
    (raw := folder / "raw").mkdir(parents=True)
    (raw / "titles.parquet").symlink_to(ingested / "raw" / "titles.parquet")
    (registry := folder / "registry").mkdir()
    with replica(folder, registry, workers, asked="/health") as server:
        yield server


@contextmanager
def _rival(folder: Path) -> Iterator[Server]:
    folder.mkdir()
    with beside("row-by-row", str(folder)) as server:
        yield replace(server, database=postmaster(folder / "postgres"))


def _row(server: Server, asked: Load, plan: Plan, display: Display) -> Row:
    name = "intake" if asked.path == OURS else "row by row"
    with display.step(f"{name}, {asked.batch} a request") as line:
        found = row(server, asked, plan.rate)
        line.result = (
            f"at most {found.most_events_per_second:,.0f}/s; at {plan.rate:,.0f}/s p99 "
            f"{found.at_rate.p99_ms or float('inf'):,.1f} ms"
        )
    return found


def _count(store: Path, acknowledged: int) -> None:
    """Look into the database for every event that was acknowledged."""
    with running(Settings(store=store)) as url, psycopg.connect(url or "") as connection:
        found = connection.execute(
            "SELECT count(*), count(DISTINCT event_id) FROM event"
        ).fetchone()
    # Of a request that was given up by the generator the events may be there, too.
    if found is None or found[0] < acknowledged or found[0] != found[1]:
        raise InputError(
            expected=f"{acknowledged} acknowledged events, each once", got=found, where=store
        )

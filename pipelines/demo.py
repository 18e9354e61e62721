"""The demo: a world of our own making, or a folder of data, brought as far as a bundle that serves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.files import fingerprint, lock
from pipelines.nightly.display import Display
from pipelines.nightly.night import run_night
from pipelines.nightly.outcome import NightReport
from pipelines.nightly.version import code_version
from pipelines.recipe import Recipe
from pipelines.servable import require_servable
from pipelines.steps import run_step
from pipelines.world.almanac import DAYS, monday_before
from recsys.errors import InputError
from recsys.schema import PASSIVE
from recsys.settings import Settings

_SOURCES = {".py", ".toml"}


HEALTH = Path("data/health-demo.toml")
"""Who plays with a world that ended days ago leaves a gap, which no night of a demo is to stop for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one demo lives.

    Attributes
    ----------
    settings : Settings
        With the store and the registry of this demo.
    data : Path
        What is ingested.
    seed : int or None
        Of the world; None if ``data`` is somebody's own.
    """

    settings: Settings
    data: Path
    seed: int | None

    @classmethod
    def of(cls, settings: Settings, data: Path | None, seed: int) -> Place:
        """Choose ``data/demo`` and ``models/registry/demo``, or names after the data folder instead.

        Such a name ends in a hash of where the folder lies: two folders of one name are two demos.

        Raises
        ------
        InputError
            If the data folder does not exist.
        """
        if data is not None and not data.exists():
            raise InputError(expected="a folder or file of data", got="nothing", where=data)
        made = "demo" if seed == 0 else f"demo-{seed}"
        name = made if data is None else _name(data.resolve())
        store = settings.store.parent / name
        own = {"store": store, "registry": settings.registry.parent / name}
        if settings.health_policy == Settings.model_fields["health_policy"].default:
            own["health_policy"] = HEALTH
        placed = settings.model_copy(update=own)
        return cls(placed, data or store / "world", seed if data is None else None)


def _name(data: Path) -> str:
    return f"{data.name}-{hashlib.sha256(str(data).encode()).hexdigest()[:6]}"


def prepare(place: Place, model: str, display: Display) -> NightReport:
    """Make the world if it is one, ingest, and run the night; each only if something changed."""
    store = place.settings.store
    # What is wrong with the model is to be found before the long steps.
    require_servable(Recipe.read(place.settings.declarations, model).declaration)
    with lock(store / "demo.lock"):
        if place.seed is not None:
            _make_world(place.data, store, place.seed, display)
        _ingest(place, display)
    return run_night(place.settings, model, display=display)


def a_viewer(store: Path) -> str:
    """Return the id of a viewer who consented and watched something, for a first request."""
    parts = sorted((store / "raw" / "events").rglob("*.parquet"))
    last = pq.read_table(parts[-1], columns=["viewer_id", "event_type"], partitioning=None)
    watched = last.filter(pc.invert(pc.is_in(last["event_type"], pa.array(PASSIVE))))
    known = store / "raw" / "viewers.parquet"
    if known.is_file():
        viewers = pq.read_table(known)
        consenting = viewers.filter(viewers["consent"])["viewer_id"].combine_chunks()
        watched = watched.filter(pc.is_in(watched["viewer_id"], consenting))
    return str(pc.min((watched if len(watched) else last)["viewer_id"]).as_py())


def _make_world(directory: Path, store: Path, seed: int, display: Display) -> None:
    # A page is about now: a world of long ago would have nothing begun lately, and nothing leaving soon.
    start = monday_before(datetime.now(UTC).date(), DAYS)
    with display.step("world") as line:

        def work() -> None:
            from pipelines.world import make  # noqa: PLC0415

            make(directory, seed=seed, start=start, progress=line.progress)

        here = Path(__file__).parent / "world"
        code = fingerprint(sorted(path for path in here.rglob("*") if path.suffix in _SOURCES))
        facts = (seed, start.isoformat(), code)
        line.done = run_step(store, "world", work, inputs=[], outputs=[directory], facts=facts)
        line.result = f"seed {seed}, {directory}"


def _ingest(place: Place, display: Display) -> None:
    store = place.settings.store
    with display.step("ingest") as line:

        def work() -> None:
            from pipelines.ingest import ingest  # noqa: PLC0415

            # Another world's titles and viewers must not stay among this one's. What the API took in is
            # not lost: the night collects it from PostgreSQL again.
            anew = place.seed is not None
            report = ingest(place.data, store, anew=anew, progress=line.advance)
            line.rows = report.events_read
            line.result = f"{report.events_read:,} events, {report.titles_read:,} titles"

        if not (store / "raw" / "titles.parquet").exists():
            (store / "steps" / "ingest.json").unlink(missing_ok=True)
        facts = (code_version(),)
        line.done = run_step(store, "ingest", work, inputs=[place.data], outputs=[], facts=facts)

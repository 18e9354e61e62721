"""Makes the demo world: a folder that ``recsys ingest`` reads, with the truth beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import pyarrow.parquet as pq
from rich.progress import Progress
from threadpoolctl import threadpool_limits

from pipelines.files import atomic_directory
from pipelines.world.almanac import DAYS, START
from pipelines.world.artwork import draw_posters
from pipelines.world.behaviour import World, blurs, play_out
from pipelines.world.catalog import Catalog, catalog, kinds_of
from pipelines.world.log import EventLog
from pipelines.world.memory import remember
from pipelines.world.recording import record
from pipelines.world.sessions import WAVES, sessions
from pipelines.world.state import State
from pipelines.world.streams import stream
from pipelines.world.tastes import space, tastes
from pipelines.world.titles import episode_ids, title_table
from pipelines.world.trace import trace
from pipelines.world.truth import Truth
from pipelines.world.viewers import viewers as draw_viewers
from recsys.errors import ConfigError

LEAST = {"seed": 0, "viewers": 1, "titles": 200, "days": 7}
"""Below these a page could not be filled, or a week not be seen."""


def make(
    directory: Path,
    *,
    seed: int = 0,
    viewers: int = 10_000,
    titles: int = 3_000,
    days: int = DAYS,
    start: datetime = START,
    progress: Progress | None = None,
) -> None:
    """Make a world; the same arguments give the same bytes.

    Parameters
    ----------
    directory : Path
        Gets ``titles.parquet``, ``viewers.parquet``, ``events/<date>.parquet``,
        ``artwork/<title_id>.svg``, ``truth.npz`` and ``truth.json``; what it held is replaced.
    seed : int
        At least 0.
    viewers, titles, days : int
        How many; titles count episodes.
    start : datetime
        The first day, a Monday, UTC.
    progress : rich.progress.Progress, optional
        Where to show how far it is.

    Raises
    ------
    ConfigError
        If a number is too small, or the first day is no Monday.
    """
    if start.weekday() or start.time() != time.min:
        raise ConfigError(expected="a Monday's midnight", got=start, where="world.start")
    _check(seed=seed, viewers=viewers, titles=titles, days=days)
    # One thread: sums in another order would round differently on another number of cores.
    with atomic_directory(directory) as beside, threadpool_limits(1):
        drafted = _bar(progress, "inventing titles", len(kinds_of(titles)))
        known = catalog(seed, titles, days, told=drafted)
        world = _write_titles_and_viewers(beside, known, seed, viewers, days, start=start)
        draw_posters(
            known, beside / "artwork", seed, told=_bar(progress, "drawing posters", len(known))
        )
        _live(world, beside, seed, days, start, told=_bar(progress, "living the days", days))


def _write_titles_and_viewers(
    beside: Path, known: Catalog, seed: int, viewers: int, days: int, *, start: datetime
) -> World:
    who, where = draw_viewers(seed, viewers, days), space(known, seed)
    pq.write_table(title_table(known, seed, start), beside / "titles.parquet", compression="zstd")
    pq.write_table(who.table(), beside / "viewers.parquet", compression="zstd")
    blur = blurs(stream(seed, "blur"), viewers)
    return World(known, where, who, tastes(where, who.children, seed), blur)


def _live(
    world: World,
    beside: Path,
    seed: int,
    days: int,
    start: datetime,
    *,
    told: Callable[[int], None],
) -> None:
    (beside / "events").mkdir()
    ids = [*world.catalog.ids, *episode_ids(world.catalog)]
    log = EventLog(beside / "events", start, seed, world.viewers, ids, _queries(world.catalog))
    state = State.fresh(len(world.viewers), world.catalog, world.where)
    for day in range(days):
        for wave in WAVES:
            rng = stream(seed, "wave", day, wave)
            come = sessions(rng, world.viewers, day, wave, state.busy_until)
            if len(come):
                scene = play_out(rng, world, state, come, day=day, share=day / (days - 1))
                number = log.open_sessions(rng, len(come))
                left = trace(rng, world, state, come, scene, number=number)
                record(rng, log, world, state, left)
                remember(world, state, left)
        # Where clocks are behind UTC, a local day goes on into the next; where ahead, it begins in the last.
        log.write_until(day)
        state.next_day()
        told(1)
    log.write_until(days)
    Truth.of(world, state, days, start).write(beside)


def _queries(known: Catalog) -> list[str]:
    """Return what can be searched for: the names of all titles, then the first of each cast."""
    names = [draft.name.lower() for draft in known.drafts]
    return names + [known.people.names[draft.cast[0]].lower() for draft in known.drafts]


def _bar(progress: Progress | None, what: str, total: int) -> Callable[[int], None]:
    if progress is None:
        return lambda _: None
    task = progress.add_task(what, total=total)
    return lambda steps: progress.advance(task, steps)


def _check(**numbers: int) -> None:
    for name, least in LEAST.items():
        if numbers[name] < least:
            raise ConfigError(
                expected=f"at least {least}", got=numbers[name], where=f"world.{name}"
            )

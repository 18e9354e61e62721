"""The world of this benchmark on disk, as ``recsys ingest`` reads it: a catalog, viewers, and their events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import ceil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.benchmark.serving.crowd import Crowd, crowd
from pipelines.files import atomic_directory
from pipelines.world.almanac import REGION_SHARES, REGIONS, START
from pipelines.world.catalog import LIVE_SHARE, MOVIE_SHARE, SERIES_SHARE, catalog
from pipelines.world.log import uuids
from pipelines.world.streams import Ints, stream
from pipelines.world.titles import title_table
from recsys.schema import EVENTS, TIME, VIEWERS

DAYS = 60
CHILDREN = 0.1
"""Share of viewers with a limit."""
CHILD_AGES = (7, 12)
_WORDS = ["event_type", "viewer_id", "title_id", "region"]


def write_world(
    whole: Path,
    sample: Path,
    *,
    titles: int,
    viewers: int,
    sampled: int,
    seed: int,
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Write a world, and beside it the same catalog with the first viewers alone.

    Parameters
    ----------
    whole, sample : Path
        Folders to be written; what they held is replaced.
    titles : int
        That can be recommended; their episodes come besides.
    viewers, sampled : int
        In the one and in the other.
    seed : int
    told : callable, optional
        Hears of each title invented.
    """
    known = catalog(seed, ceil(titles / (SERIES_SHARE + LIVE_SHARE + MOVIE_SHARE)), DAYS, told=told)
    table = title_table(known, seed, START)
    tastes = np.array([draft.strand for draft in known.drafts])
    watched = crowd(seed, viewers, tastes, DAYS)
    regions = stream(seed, "regions").choice(len(REGIONS), viewers, p=REGION_SHARES)
    for folder, events, count in (
        (whole, watched, viewers),
        (sample, watched.of_first(sampled), sampled),
    ):
        with atomic_directory(folder) as beside:
            pq.write_table(table, beside / "titles.parquet")
            pq.write_table(viewers_of(seed, regions[:count]), beside / "viewers.parquet")
            write_events(beside / "events", events, known.ids, regions, seed)


def viewer_ids(count: int) -> pa.Array:
    """Return the ids of the first viewers."""
    return pa.array([f"v{number:08d}" for number in range(count)])


def viewers_of(seed: int, regions: Ints) -> pa.Table:
    """Return VIEWERS, one a region, some of them children."""
    rng = stream(seed, "limits")
    children = rng.random(len(regions)) < CHILDREN
    ages = rng.choice(CHILD_AGES, len(regions)).astype(np.int32)
    columns = [
        viewer_ids(len(regions)),
        pa.array(np.ones(len(regions), bool)),
        pa.array(REGIONS).take(pa.array(regions)),
        pa.array(ages, mask=~children),
    ]
    return pa.table(columns, schema=VIEWERS)


def write_events(
    folder: Path, events: Crowd, title_ids: list[str], regions: Ints, seed: int
) -> None:
    """Write one file a day, so that an ingest puts each day into one part."""
    folder.mkdir()
    names, ids = viewer_ids(len(regions)), pa.array(title_ids)
    edges = np.searchsorted(events.at, np.arange(DAYS + 1) * 86_400_000_000)
    for day in range(DAYS):
        rows = slice(edges[day], edges[day + 1])
        part = Crowd(events.viewers[rows], events.titles[rows], events.at[rows])
        if len(part):
            table = _events(part, names, ids, regions, stream(seed, "event ids", day))
            path = folder / f"{START + timedelta(days=day):%Y-%m-%d}.parquet"
            pq.write_table(table, path, compression="zstd", use_dictionary=_WORDS)


def _events(
    part: Crowd, viewers: pa.Array, titles: pa.Array, regions: Ints, rng: np.random.Generator
) -> pa.Table:
    start = int(START.timestamp()) * 1_000_000
    given = {
        "event_id": uuids(rng, len(part)),
        "event_type": pa.repeat(pa.scalar("play"), len(part)),
        "viewer_id": viewers.take(pa.array(part.viewers)),
        "title_id": titles.take(pa.array(part.titles)),
        "occurred_at": pa.array(start + part.at).cast(TIME),
        "watched_portion": pa.array(np.round(rng.uniform(0.1, 1, len(part)), 2)),
        "region": pa.array(REGIONS).take(pa.array(regions[part.viewers])),
    }
    return pa.table(given, schema=pa.schema([EVENTS.field(name) for name in given]))

"""The world of this benchmark on disk, as an ingest leaves it: titles, far more episodes, and some viewers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.benchmark.serving.crowd import crowd
from pipelines.benchmark.serving.world import DAYS, viewers_of, write_events
from pipelines.files import atomic_directory
from pipelines.world.almanac import REGION_SHARES, REGIONS, START
from pipelines.world.catalog import LIVE_SHARE, MOVIE_SHARE, SERIES_SHARE, Catalog, catalog
from pipelines.world.names import EPISODE, MOMENTS
from pipelines.world.strands import Strand, strands
from pipelines.world.streams import Ints, stream
from pipelines.world.titles import SEASON, title_table
from recsys.schema import EVENTS, TITLES, TitleType

AT_ONCE = 200_000
"""Episodes that are held in memory until they are written."""


def write_store(
    store: Path,
    *,
    titles: int,
    episodes: int,
    viewers: int,
    seed: int,
    told: Callable[[int], None],
) -> None:
    """Write the raw side of a store.

    Parameters
    ----------
    store : Path
    titles : int
        That can be recommended.
    episodes : int
        Shared among the series, few of which have many.
    viewers : int
        Each with a short history.
    seed : int
    told : callable
        Hears of each title invented.
    """
    known = catalog(seed, ceil(titles / (SERIES_SHARE + LIVE_SHARE + MOVIE_SHARE)), DAYS, told=told)
    known = replace(known, episodes=np.zeros_like(known.episodes))
    table = title_table(known, seed, START)
    regions = stream(seed, "regions").choice(len(REGIONS), viewers, p=REGION_SHARES)
    watched = crowd(seed, viewers, np.array([draft.strand for draft in known.drafts]), DAYS)
    with atomic_directory(store / "raw", mode=0o700) as raw:
        with pq.ParquetWriter(raw / "titles.parquet", TITLES) as writer:
            writer.write_table(table)
            for part in _episodes(known, table, _shared(known, episodes, seed), seed):
                writer.write_table(part)
        pq.write_table(viewers_of(seed, regions), raw / "viewers.parquet")
        write_events(raw / "given", watched, known.ids, regions, seed)
        _take_in(raw / "given", raw / "events")


def _take_in(given: Path, events: Path) -> None:
    """Put the file of each day where an ingest leaves it, with all columns."""
    for path in given.iterdir():
        table = pq.read_table(path)
        whole = [
            table[one.name] if one.name in table.column_names else pa.nulls(len(table), one.type)
            for one in EVENTS
        ]
        (day := events / f"day={path.stem}").mkdir(parents=True)
        pq.write_table(pa.table(whole, schema=EVENTS), day / "part-0.parquet")
    shutil.rmtree(given)


def _shared(known: Catalog, episodes: int, seed: int) -> Ints:
    """Return how many episodes each title has; only series have any."""
    series = np.array([draft.kind == TitleType.SERIES for draft in known.drafts])
    share = series * stream(seed, "lengths").lognormal(0, 0.8, len(series))
    edges = np.round(np.cumsum(share) / max(float(share.sum()), 1e-9) * episodes)
    return np.diff(edges, prepend=0).astype(np.int64)


def _episodes(known: Catalog, table: pa.Table, counts: Ints, seed: int) -> Iterator[pa.Table]:
    rng, made = stream(seed, "episode names"), list[tuple[int, int, str]]()
    for row in np.flatnonzero(counts).tolist():
        own = _names(rng, strands()[known.drafts[row].strand], int(counts[row]))
        made += [(row, number, name) for number, name in enumerate(own)]
        if len(made) >= AT_ONCE:
            yield _table(made, table)
            made.clear()
    if made:
        yield _table(made, table)


def _names(rng: np.random.Generator, strand: Strand, n: int) -> list[str]:
    """Compose names as ``Names`` does, but many at once; now and then two are the same."""
    weights = np.array([weight for _, weight in EPISODE], float)
    patterns = rng.choice(len(EPISODE), n, p=weights / weights.sum()).tolist()
    words = (strand.adjectives, strand.nouns, strand.nouns, strand.places, MOMENTS)
    drawn = [[known[at] for at in rng.integers(0, len(known), n).tolist()] for known in words]
    return [
        EPISODE[pattern][0].format(a=a, n=noun, n2=other, p=place, m=moment)
        for pattern, a, noun, other, place, moment in zip(patterns, *drawn, strict=True)
    ]


def _table(made: list[tuple[int, int, str]], table: pa.Table) -> pa.Table:
    """Return episodes as rows: what is not their own is their series'."""
    rows, numbers, names = zip(*made, strict=True)
    series = table.take(pa.array(rows))
    seasons, places = np.divmod(np.array(numbers), SEASON)
    ids = [
        f"{one}-s{season:03d}e{place:02d}"
        for one, season, place in zip(
            series["title_id"].to_pylist(), seasons + 1, places + 1, strict=True
        )
    ]
    own = {
        "title_id": pa.array(ids),
        "title_type": pa.repeat(pa.scalar(str(TitleType.EPISODE)), len(ids)),
        "name": pa.array(names),
        "series_id": series["title_id"],
        "season_number": pa.array(seasons + 1, pa.int32()),
        "episode_number": pa.array(places + 1, pa.int32()),
        "description": pa.nulls(len(ids), pa.string()),
    }
    return pa.table([own.get(one.name, series[one.name]) for one in TITLES], schema=TITLES)

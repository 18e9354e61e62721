"""A small world to serve: a catalog with limits of every kind, viewers with histories, a bundle.

Title ``t`` of the first sixty may be shown to adults alone if it ends in 7, in France alone if in 8,
and no longer at all if in 9. ``s00`` is a series of three episodes. Viewer ``v000`` is a child,
``v001`` lives in France, all others in Germany.
"""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.train import train
from recsys.bundle import Bundle
from recsys.page.resuming import Resuming
from recsys.schema import EVENTS, TITLES, VIEWERS
from tests.worlds import WORDS, interactions_table

N_TITLES, N_VIEWERS, LENGTH = 60, 40, 10
UNTIL = datetime(2024, 3, 1, tzinfo=UTC)
SHELF = Path(__file__).parents[2] / "models"
POSTER = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><rect width="2" height="3" fill="#396"/></svg>'

ADULT = {f"t{n:03d}" for n in range(N_TITLES) if n % 10 == 7}
FRENCH = {f"t{n:03d}" for n in range(N_TITLES) if n % 10 == 8}
EXPIRED = {f"t{n:03d}" for n in range(N_TITLES) if n % 10 == 9}


def catalog() -> pa.Table:
    movies = [_movie(number) for number in range(N_TITLES)]
    series = {**_movie(0), "title_id": "s00", "title_type": "series", "name": "The Long Story"}
    episodes = [
        {**series, "title_id": f"e{n}", "title_type": "episode", "series_id": "s00"}
        | {"season_number": 1, "episode_number": n, "name": f"Part {n}"}
        for n in (1, 2, 3)
    ]
    return pa.Table.from_pylist([*movies, series, *episodes], schema=TITLES)


def _movie(number: int) -> dict[str, object]:
    taste = number % 3
    return {
        "title_id": f"t{number:03d}",
        "title_type": "movie",
        "name": f"Story {number} of {WORDS[taste]}",
        "genres": [f"Genre {taste}"],
        "release_year": 1990 + number % 30,
        "duration_seconds": 5400.0,
        "maturity_rating": "18" if number % 10 == 7 else "all",
        "description": f"All about {WORDS[taste]} and {WORDS[taste + 1]}",
        "cast": [f"Actor {taste}"],
        "crew": [{"name": f"Director {taste}", "role": "director"}],
        "keywords": [f"keyword {taste}"],
        "regions": ["FR"] if number % 10 == 8 else [],
        "available_until": UNTIL if number % 10 == 9 else None,
        "artwork": f"artwork/t{number:03d}.svg",
        "languages": ["en"],
    }


def watched(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who watched what, and on which day: mostly titles of one taste."""
    random = np.random.default_rng(seed)
    taste, appeal = np.arange(N_TITLES) % 3, 1 / (1 + np.arange(N_TITLES) // 3)
    drawn = []
    for viewer in range(N_VIEWERS):
        chance = appeal * np.where(taste == viewer % 3, 8.0, 1.0)
        drawn.append(random.choice(N_TITLES, LENGTH, replace=False, p=chance / chance.sum()))
    days = random.uniform(0, 59, N_VIEWERS * LENGTH)
    return np.repeat(np.arange(N_VIEWERS), LENGTH), np.concatenate(drawn), days


def write_raw(store: Path) -> None:
    """Write what an ingest leaves: titles, viewers, events; and the posters of some titles."""
    (raw := store / "raw").mkdir(parents=True)
    pq.write_table(catalog(), raw / "titles.parquet")
    viewers = [
        {
            "viewer_id": f"v{n:03d}",
            "consent": True,
            "region": "FR" if n == 1 else "DE",
            "maximum_age": 7 if n == 0 else None,
        }
        for n in range(N_VIEWERS)
    ]
    pq.write_table(pa.Table.from_pylist(viewers, schema=VIEWERS), raw / "viewers.parquet")
    (day := raw / "events" / "day=2024-01-01").mkdir(parents=True)
    pq.write_table(raw_events(), day / "part-0.parquet")
    (artwork := store / "artwork").mkdir()
    for number in range(0, N_TITLES, 2):
        (artwork / f"t{number:03d}.svg").write_text(POSTER)


def raw_events() -> pa.Table:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [
        {
            "event_id": str(uuid.UUID(int=at)),
            "event_type": "complete",
            "viewer_id": f"v{viewer:03d}",
            "title_id": f"t{title:03d}",
            "occurred_at": start + timedelta(days=float(day)),
            "watched_portion": 1.0,
        }
        for at, (viewer, title, day) in enumerate(zip(*watched(), strict=True))
    ]
    return pa.Table.from_pylist(rows, schema=EVENTS)


def write_bundle(registry: Path, *, seed: int = 0, resuming: Resuming | None = None) -> Bundle:
    """Train on the world, as the night does, and make it the champion."""
    viewers, titles, days = watched(seed)
    table = interactions_table(viewers, titles, days=days)
    recipe = Recipe.read(SHELF, "hybrid")
    bundles = registry / "bundles"
    bundle = train(recipe, table, catalog(), until=UNTIL, bundles=bundles, resuming=resuming)
    Registry(registry).promote(bundle.id)
    return bundle

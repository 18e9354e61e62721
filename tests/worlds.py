"""Small made-up worlds whose right answers are known, shared by the tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recsys.ids import IdMap
from recsys.interactions import Interactions
from recsys.schema import INTERACTIONS, TITLES, TitleType
from recsys.titles import Titles

START = np.datetime64("2024-01-01T00:00:00", "us")
REGIONS = ("DE", "FR", "BR")


def names(prefix: str, count: int) -> list[str]:
    """Return ids whose sorted order is their number: ``t000, t001, …``."""
    return [f"{prefix}{number:0{max(3, len(str(count - 1)))}d}" for number in range(count)]


def interactions_table(
    viewers: NDArray[np.int64],
    titles: NDArray[np.int64],
    *,
    weights: NDArray[np.float32] | None = None,
    days: NDArray[np.float64] | None = None,
    regions: Sequence[str] | None = None,
) -> pa.Table:
    """Return an INTERACTIONS table of numbered viewers and titles; ``days`` count from START.

    By default every weight is 1, an entry comes a day after the one before it in the table, and a
    viewer's region (one for each viewer number) is unknown.
    """
    count = len(viewers)
    days = np.arange(count, dtype=float) if days is None else days
    moments = pa.array(START + (days * 86_400e6).astype("timedelta64[us]"), pa.timestamp("us"))
    columns = {
        "pseudonym": np.array(names("v", int(viewers.max(initial=0)) + 1), object)[viewers],
        "title_id": np.array(names("t", int(titles.max(initial=0)) + 1), object)[titles],
        "weight": np.ones(count, np.float32) if weights is None else weights,
        "first_at": moments,
        "last_at": moments,
        "sequence": np.arange(count, dtype=np.int32),
        "watched_portion": np.ones(count, np.float32),
        "region": pa.nulls(count, pa.string())
        if regions is None
        else np.array(regions, object)[viewers],
        "device_type": pa.nulls(count, pa.string()),
    }
    return pa.table({name: pa.array(columns[name]) for name in INTERACTIONS.names}).cast(
        INTERACTIONS
    )


def checkerboard(size: int = 20) -> tuple[Interactions, Titles]:
    """Return the world with one right answer: viewer ``i`` should be given title ``i``.

    Even viewers watched all even titles and odd ones all odd titles, except the title of their own
    number, in a circle: from the one after it to the one before it.
    """
    rows, steps = np.meshgrid(np.arange(size), np.arange(2, size, 2), indexing="ij")
    table = interactions_table(rows.ravel(), ((rows + steps) % size).ravel())
    titles = described_titles(np.arange(size) % 2)
    return Interactions.from_table(table, titles.ids), titles


def small_world(
    seed: int = 0, *, viewers: int = 60, titles: int = 40, tastes: int = 4, length: int = 10
) -> tuple[Interactions, Titles]:
    """Return a random world: viewers watch mostly titles of their taste, some titles nobody.

    Title ``t`` has the taste ``t % tastes``; the last title of each taste is never watched.
    """
    random = np.random.default_rng(seed)
    taste_of_title = np.arange(titles) % tastes
    appeal = 1.0 / (1 + np.arange(titles) // tastes)
    appeal[-tastes:] = 0.0
    drawn = []
    for viewer in range(viewers):
        chance = appeal * np.where(taste_of_title == viewer % tastes, 8.0, 1.0)
        drawn.append(random.choice(titles, size=length, replace=False, p=chance / chance.sum()))
    table = interactions_table(
        np.repeat(np.arange(viewers), length),
        np.concatenate(drawn),
        weights=random.uniform(0.2, 1.0, viewers * length).astype(np.float32),
        days=random.uniform(0, 60, viewers * length),
        regions=[REGIONS[viewer % len(REGIONS)] for viewer in range(viewers)],
    )
    catalog = described_titles(taste_of_title)
    return Interactions.from_table(table, catalog.ids), catalog


def described_titles(tastes: NDArray[np.int64]) -> Titles:
    """Return a catalog in which titles of one taste share genre, words, people and keywords."""
    rows = [
        {
            "title_id": title_id,
            "title_type": TitleType.MOVIE.value,
            "name": f"Story {number} of {WORDS[taste % len(WORDS)]}",
            "genres": [f"Genre {taste}"],
            "release_year": 1990 + int(number) % 30,
            "duration_seconds": 5400.0,
            "maturity_rating": "all",
            "description": f"All about {WORDS[taste % len(WORDS)]} and {WORDS[(taste + 1) % len(WORDS)]}",
            "cast": [f"Actor {taste}", f"Guest {number}"],
            "crew": [{"name": f"Director {taste}", "role": "director"}],
            "keywords": [f"keyword {taste}"],
            "languages": ["en"],
        }
        for number, (title_id, taste) in enumerate(
            zip(names("t", len(tastes)), tastes.tolist(), strict=True)
        )
    ]
    return Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES))


WORDS = ("pirates", "orchards", "satellites", "detectives", "glaciers", "violins", "markets")


def bare(interactions: Interactions) -> Titles:
    """Return the catalog of which nothing but the ids is known."""
    return Titles.bare(interactions.title_ids)


def id_map(count: int) -> IdMap:
    return IdMap(names("t", count))


NOW = datetime(2024, 3, 1, tzinfo=UTC)


def with_refusals(interactions: Interactions, titles: np.ndarray) -> Interactions:
    """Return interactions in which each viewer turned down one title more, at the end."""
    histories = interactions.histories
    ends = histories.offsets[1:]
    times = histories.occurred_at[ends - 1]
    more = replace(
        histories,
        offsets=histories.offsets + np.arange(len(histories.offsets)),
        titles=np.insert(histories.titles, ends, titles.astype(np.int32)),
        weights=np.insert(histories.weights, ends, np.float32(0)),
        occurred_at=np.insert(histories.occurred_at, ends, times),
        first_at=np.insert(histories.first_at, ends, times),
        watched_portion=np.insert(histories.watched_portion, ends, np.float32(0)),
        devices=None,
    )
    return interactions.with_histories(more)

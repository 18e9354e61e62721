"""Titles and lists of them, as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import UNKNOWN
from recsys.page.words import Words
from recsys.schema import TitleType
from recsys.translations import translated
from serving.catalog.contracts import (
    AskedForNew,
    Availability,
    Categories,
    Category,
    Content,
    Episode,
    Images,
    Member,
    NewReleases,
    OfSeries,
    Season,
)
from serving.catalog.shelf import Row, Shelf
from serving.cursors import Cursors

Position = tuple[int, int, str]
"""Where a list of what is new was left: both numbers that it is ordered by, and the title."""


def content(
    row: Row,
    episodes: list[Row],
    series: Row | None,
    shelf: Shelf,
    *,
    context: Context,
    tags: Sequence[str],
) -> Content:
    """Return a title with all that is known of it, to readers of some languages."""
    row, series = _read_in(row, tags), None if series is None else _read_in(series, tags)
    episodes = [_read_in(one, tags) for one in episodes]
    is_series = row["title_type"] == TitleType.SERIES
    return Content(
        content_id=row["title_id"],
        type=row["title_type"],
        name=row["name"],
        description=row["description"],
        genres=row["genres"] or [],
        keywords=row["keywords"] or [],
        year=row["release_year"],
        duration_seconds=row["duration_seconds"],
        maturity_rating=row["maturity_rating"],
        cast=row["cast"] or [],
        crew=[Member(**one) for one in row["crew"] or [] if one and one["name"]],
        languages=row["languages"] or [],
        images=Images(poster=shelf.poster(row)),
        availability=Availability(
            region=context.region or None,
            available_from=row["available_from"],
            available_until=row["available_until"],
        ),
        series=None if series is None else _of_series(row, series),
        seasons=list(_seasons(episodes, shelf)) if is_series else None,
    )


def _read_in(row: Row, tags: Sequence[str]) -> Row:
    return row | translated(row, tags)


def _of_series(row: Row, series: Row) -> OfSeries:
    return OfSeries(
        content_id=series["title_id"],
        name=series["name"],
        season_number=row["season_number"],
        episode_number=row["episode_number"],
    )


def _seasons(episodes: list[Row], shelf: Shelf) -> Iterator[Season]:
    for number, several in groupby(episodes, key=lambda row: row["season_number"]):
        yield Season(season_number=number, episodes=[_episode(one, shelf) for one in several])


def _episode(row: Row, shelf: Shelf) -> Episode:
    return Episode(
        content_id=row["title_id"],
        name=row["name"],
        episode_number=row["episode_number"],
        duration_seconds=row["duration_seconds"],
        description=row["description"],
        artwork=shelf.poster(row),
        available_until=row["available_until"],
    )


def categories(shelf: Shelf, context: Context, labels: Words) -> Categories:
    """Return the types and the genres that there are to watch for a context, the largest first."""
    table = shelf.titles.table.filter(pa.array(shelf.rights.allowed(context)))
    watched = _watched(shelf, table["title_id"].to_pylist())
    posters = [shelf.poster({"artwork": one}) for one in table["artwork"].to_pylist()]
    faces = [
        (-float(by), at, poster)
        for at, (by, poster) in enumerate(zip(watched, posters, strict=True))
        if poster
    ]
    best = {at: poster for _, at, poster in faces}
    order = [at for _, at, _ in sorted(faces)]
    types = [[one] for one in table["title_type"].to_pylist()]
    genres = [one or [] for one in table["genres"].to_pylist()]
    return Categories(
        categories=_counted(types, order, best, str),
        genres=_counted(genres, order, best, labels.genre),
    )


def _watched(shelf: Shelf, title_ids: list[str]) -> NDArray[np.float32]:
    recommender = shelf.replica.recommender
    known = recommender.titles.ids.internal(title_ids)
    watched = np.zeros(len(title_ids), np.float32)
    watched[known != UNKNOWN] = recommender.popularity[known[known != UNKNOWN]]
    return watched


def _counted(
    words: list[list[str]],
    order: list[int],
    posters: dict[int, str],
    label: Callable[[str], str],
) -> list[Category]:
    """Return how many titles have each word, and the poster of the one that is watched most."""
    counts: dict[str, int] = {}
    for several in words:
        for word in set(several):
            counts[word] = counts.get(word, 0) + 1
    faces: dict[str, str] = {}
    for at in order:
        for word in words[at]:
            faces.setdefault(word, posters[at])
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [
        Category(name=word, label=label(word), count=n, artwork=faces.get(word))
        for word, n in ordered
    ]


def new_releases(
    shelf: Shelf,
    context: Context,
    asked: AskedForNew,
    after: Position | None,
    *,
    cursors: Cursors,
    tags: Sequence[str],
) -> NewReleases:
    """Return what is new for a context, from a position on."""
    first, second = (shelf.years, shelf.came)
    if asked.by == "arrival":
        first, second = second, first
    shown = shelf.rights.allowed(context)
    if after is not None:
        shown &= _follows(first, second, shelf.titles.ids.values, after)
    rows = np.flatnonzero(shown)
    # The least number is one that cannot be negated, so what is newest comes last and is turned round.
    order = np.lexsort((-rows, second[rows], first[rows]))[::-1]
    page = rows[order[: asked.limit]]
    ids = shelf.titles.ids.values
    left = len(rows) > len(page) and len(page) > 0
    last: Any = [int(first[page[-1]]), int(second[page[-1]]), ids[page[-1]]] if left else None
    return NewReleases(
        items=shelf.cards(page, tags),
        next_cursor=cursors.seal("", {"by": asked.by, "after": last}) if left else None,
    )


def _follows(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    ids: NDArray[np.object_],
    after: Position,
) -> NDArray[np.bool_]:
    one, two, title_id = after
    later = np.arange(len(ids)) >= np.searchsorted(ids, title_id, side="right")
    tied = (second < two) | ((second == two) & later)
    return (first < one) | ((first == one) & tied)


def popularity_order(shelf: Shelf, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return titles, by their row, the most watched first; of those that nobody watches the newest."""
    ids = pc.take(shelf.titles.table["title_id"], pa.array(rows)).to_pylist()
    return rows[np.lexsort((shelf.came[rows], _watched(shelf, ids)))[::-1]]

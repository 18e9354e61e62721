"""The titles that a replica may offer, those that came after its bundle among them, with their rights."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ranking.rights import Rights
from recsys.schema import TitleType
from recsys.titles import Titles
from recsys.translations import translated
from serving.cards import address
from serving.catalog.contracts import Card
from serving.digests import joined
from serving.replica import Replica

_CARD: Final = [
    "title_id", "name", "title_type", "genres", "release_year", "artwork", "translations",
]  # fmt: skip
_UNKNOWN: Final = np.iinfo(np.int64).min

Row = dict[str, Any]
"""A title by the names of TITLES."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is offered.

    Attributes
    ----------
    replica : Replica
    titles : Titles
        Episodes left out.
    rights : Rights
        Of ``titles``.
    posters : frozenset of str
        Files of our own.
    years, came : int64 (n_titles,)
        Year of first release, and when each became available, in microseconds since 1970; the least number is unknown.
    digest : str
        Of all that is told of the shelf: what another replica tells of an equal one is the same.
    """

    replica: Replica
    titles: Titles
    rights: Rights
    posters: frozenset[str]
    years: NDArray[np.int64]
    came: NDArray[np.int64]
    digest: str

    @classmethod
    def of(cls, replica: Replica, artwork: Path) -> Self:
        """Read what a replica offers, and which posters there are in a folder."""
        titles = Titles.from_table(replica.offered)
        posters = frozenset(one.name for one in artwork.iterdir()) if artwork.is_dir() else ()
        years = pc.fill_null(titles.table["release_year"].cast(pa.int64()), _UNKNOWN).to_numpy()
        came = titles.debuts()
        known = np.where(np.isnat(came), _UNKNOWN, came.astype(np.int64))
        digest = _digest(replica, posters)
        return cls(replica, titles, Rights.of(titles), frozenset(posters), years, known, digest)

    def row(self, title_id: str) -> Row | None:
        """Return a title or an episode, if it is offered to anybody."""
        at = pc.index(self.replica.offered["title_id"], title_id).as_py()
        return None if at < 0 else _rows(self.replica.offered.slice(at, 1))[0]

    def allows(self, title_id: str, context: Context) -> bool:
        """Return whether a context may be shown a title; an episode only with its series."""
        at = pc.index(self.replica.offered["title_id"], title_id).as_py()
        if at < 0:
            return False
        one = self.replica.offered.slice(at, 1)
        if not rights_of(one).allows(0, context):
            return False
        (series,) = one["series_id"].to_pylist()
        is_episode = one["title_type"][0].as_py() == TitleType.EPISODE
        return not is_episode or (series is not None and self.allows(series, context))

    def episodes(self, series_id: str, context: Context) -> list[Row]:
        """Return the episodes of a series that a context may be shown, in the order in which they are watched."""
        offered = self.replica.offered
        mine = offered.filter(
            pc.and_(
                pc.equal(offered["series_id"], series_id),
                pc.equal(offered["title_type"], TitleType.EPISODE.value),
            )
        )
        if not len(mine):
            return []
        shown = _rows(mine.filter(pa.array(rights_of(mine).allowed(context))))
        return sorted(shown, key=_place)

    def cards(self, rows: NDArray[np.int64], tags: Sequence[str]) -> list[Card]:
        """Return titles, by their row, as lists show them to readers of some languages."""
        table = self.titles.table.select(_CARD).take(pa.array(rows))
        return [
            Card(
                content_id=one["title_id"],
                name=translated(one, tags)["name"] or one["name"],
                type=one["title_type"],
                genres=one["genres"] or [],
                year=one["release_year"],
                artwork=address(one["artwork"], self.posters),
            )
            for one in table.to_pylist()
        ]

    def poster(self, row: Row) -> str | None:
        """Return where the poster of a title is to be had, if it is."""
        return address(row["artwork"], self.posters)

    def lasts(self, now: datetime, most: float) -> float:
        """Return for how many seconds no title's window opens or closes, at most so many."""
        return min(most, self.rights.lasts(now))


def windows(row: Row, now: datetime) -> float:
    """Return for how many seconds the window of one title neither opens nor closes."""
    moments = (row["available_from"], row["available_until"])
    left = [(one - now).total_seconds() for one in moments if one is not None]
    return min((one for one in left if one > 0), default=math.inf)


def rights_of(table: pa.Table) -> Rights:
    """Return the rights of a few rows of TITLES, which may be episodes."""
    return Rights.of_table(table.combine_chunks())


def _digest(replica: Replica, posters: Iterable[str]) -> str:
    watched = hashlib.blake2b(replica.recommender.popularity.tobytes(), digest_size=12)
    bundle, catalog = replica.bundle_id or "", replica.versions.catalog
    return joined(bundle, catalog, watched.hexdigest(), *sorted(posters))


def _rows(table: pa.Table) -> list[Row]:
    rows: list[Row] = table.to_pylist()
    return rows


def _place(row: Row) -> tuple[float, float, str]:
    numbers = (row["season_number"], row["episode_number"])
    season, episode = (math.inf if one is None else one for one in numbers)
    return season, episode, row["title_id"]

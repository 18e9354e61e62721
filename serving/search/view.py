"""An index as one replica may answer from it: the catalog's rights of now, its names of now, what is watched."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import UNKNOWN, InternalIds
from recsys.ranking.rights import Rights
from recsys.search.entries import NONE
from recsys.search.index import Index
from recsys.translations import translated
from serving.cards import Face, address
from serving.replica import Replica

LIMITS = ("regions", "available_from", "available_until", "maturity_rating")
FACE = ("title_id", "title_type", "genres", "release_year", "artwork")


@dataclass(frozen=True, slots=True)
class View:
    """An index under a replica.

    Attributes
    ----------
    index : Index
    replica : Replica
    stale : bool
        Whether the index is of another catalog than the replica's.
    rows : int64 (n_entries,)
        The row of each entry in what the replica offers; -1 where it is no longer there.
    rights : Rights
        Of every entry, as they are now.
    internal : int32 (n_titles,)
        What the recommender calls each; -1 where it does not know it.
    popular : float32 (n_titles,)
        Rank by how much each is watched, in [0, 1].
    mark : str
        Of this view and no other: what was kept of another's answers is not this one's.
    """

    index: Index
    replica: Replica
    stale: bool
    rows: NDArray[np.int64]
    rights: Rights
    internal: InternalIds
    popular: NDArray[np.float32]
    _posters: Container[str]
    mark: str = field(default_factory=lambda: uuid4().hex)

    @classmethod
    def of(cls, index: Index, replica: Replica, posters: Container[str], *, stale: bool) -> Self:
        """Put them together."""
        ids, n_titles = index.entries.table["title_id"], index.entries.n_titles
        held = pc.index_in(ids, replica.offered["title_id"].combine_chunks())
        rows = pc.fill_null(held, NONE).to_numpy().astype(np.int64)
        rows[index.entries.outdated] = NONE
        rights = Rights.of_table(_rights(replica.offered, rows), rows == NONE)
        internal = replica.recommender.titles.ids.internal(ids.slice(0, n_titles).to_pylist())
        return cls(
            index, replica, stale, rows, rights, internal, _ranks(replica, internal), posters
        )

    def is_of(self, index: Index, replica: Replica, *, stale: bool) -> bool:
        """Return whether it was put together from these."""
        return self.index is index and self.replica is replica and self.stale == stale

    def shown(self, context: Context) -> NDArray[np.bool_]:
        """Return which entries a context may be shown, bool (n_entries,), not to be changed."""
        return self.rights.mask(context)

    def read_in(self, tags: Sequence[str]) -> Callable[[int], Face]:
        """Return what gives what stands on the card of a title, which the catalog of now must hold, in some languages."""
        known = self.replica.cards.read_in(tags)

        def face(place: int) -> Face:
            if (internal := int(self.internal[place])) != UNKNOWN:
                return known(internal)
            title_id, kind, genres, year, artwork = self.facts(place, FACE)
            shown = address(artwork, self._posters)
            return title_id, self.name(place, tags), kind, genres or [], year, shown

        return face

    def name(self, place: int, tags: Sequence[str]) -> str:
        """Return what the catalog of now calls an entry, which it must hold, in some languages."""
        name, translations = self.facts(place, ("name", "translations"))
        return translated({"name": name, "translations": translations}, tags)["name"] or name

    def people(self, place: int) -> list[str]:
        """Return the names of an entry's people."""
        cast, crew = self.facts(place, ("cast", "crew"))
        return [*(cast or ()), *(one["name"] for one in crew or () if one)]

    def facts(self, place: int, columns: Sequence[str]) -> list[Any]:
        """Return what the catalog of now says of an entry, which it must hold."""
        row = int(self.rows[place])
        # Value by value: to take rows from a table in several pieces joins all the pieces first.
        return [self.replica.offered[column][row].as_py() for column in columns]

    def places(self, internal: InternalIds) -> NDArray[np.int64]:
        """Return the entries of titles that the recommender knows, without those that are none."""
        entry = np.full(len(self.replica.recommender.titles), NONE, np.int64)
        known = np.flatnonzero(self.internal != UNKNOWN)
        entry[self.internal[known]] = known
        return entry[internal]


def _rights(offered: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
    """Return what says who may be shown each entry, from its row; nothing where it has none."""
    places = pa.array(rows, mask=rows == NONE)
    return offered.select(LIMITS).combine_chunks().take(places).combine_chunks()


def _ranks(replica: Replica, internal: InternalIds) -> NDArray[np.float32]:
    watched = np.zeros(len(internal), np.float64)
    known = internal != UNKNOWN
    watched[known] = replica.recommender.popularity[internal[known]]
    _, ranks = np.unique(watched, return_inverse=True)
    return (ranks / max(float(ranks.max(initial=0)), 1.0)).astype(np.float32)

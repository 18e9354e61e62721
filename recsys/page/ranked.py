"""Titles in an order, and the titled lists a page is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recsys.ids import UNKNOWN, InternalIds
from recsys.page.own import Begun


@dataclass(frozen=True, slots=True)
class Ranked:
    """Titles for one viewer, best first.

    Attributes
    ----------
    ids : int32 (n,)
        Internal ids.
    scores : float32 (n,)
    sources : object (n,)
        What proposed each title.
    """

    ids: InternalIds
    scores: NDArray[np.float32]
    sources: NDArray[np.object_]

    @classmethod
    def of(
        cls, ids: InternalIds, scores: NDArray[np.float32], sources: NDArray[np.object_] | str
    ) -> Self:
        """Build from one row of an answer, leaving out its padding."""
        kept = ids != UNKNOWN
        named = np.broadcast_to(np.asarray(sources, object), ids.shape)
        return cls(ids[kept], scores[kept], named[kept])

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, entries: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Ranked:
        """Return some entries."""
        return Ranked(self.ids[entries], self.scores[entries], self.sources[entries])

    def then(self, other: Ranked) -> Ranked:
        """Return these, followed by those of ``other`` that are not among them."""
        return self.followed(other.take(~np.isin(other.ids, self.ids)))

    def followed(self, more: Ranked) -> Ranked:
        """Return these, followed by others, none of which is among them."""
        return Ranked(
            np.concatenate([self.ids, more.ids]),
            np.concatenate([self.scores, more.scores]),
            np.concatenate([self.sources, more.sources]),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A titled list.

    Attributes
    ----------
    kind : str
        The key of its entry in ``models/rows.toml``.
    row_id : str
        The same row has the same id on every page.
    name, reason : str
        What stands above it, and why it is there.
    source : str
        What made it.
    titles : Ranked
    appeal : float32 (n,), optional
        Probability that the viewer chooses each title once it is looked at, where it is not that of the
        page's material.
    in_order : bool
        Whether the order means something and is not to be varied.
    open_to : bool (n_titles,), optional
        What may be promoted or explored in it without making its name untrue; ``None`` is nothing.
    begun : mapping of int to Begun
        Where to go on, by title.
    chance : mapping of int to float
        The probability with which a title was drawn for its place; 1 for those that are not here.
    """

    kind: str
    row_id: str
    name: str
    reason: str
    source: str
    titles: Ranked
    appeal: NDArray[np.float32] | None = None
    in_order: bool = False
    open_to: NDArray[np.bool_] | None = None
    begun: Mapping[int, Begun] = field(default_factory=dict)
    chance: Mapping[int, float] = field(default_factory=dict)

    def take(self, places: NDArray[np.int64]) -> Row:
        """Return the row with some of its titles."""
        appeal = None if self.appeal is None else self.appeal[places]
        return replace(self, titles=self.titles.take(places), appeal=appeal)

    def with_titles(self, titles: Ranked) -> Row:
        """Return the row with other titles."""
        return replace(self, titles=titles)

"""Who asks for what: viewers in an order of chance, none twice before all have asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from pipelines.benchmark.serving.world import viewer_ids
from pipelines.world.streams import stream

HOME = "/api/recommendations/home"
SIMILAR = "/api/recommendations/similar"
AGAIN = 100
"""Viewers who ask again and again, for what a cache could give them."""


@dataclass(slots=True)
class Turns:
    """Things in an order of chance, given out in turn and from the beginning when all were given.

    Attributes
    ----------
    things : list of str
    """

    things: list[str]
    _place: count[int] = field(default_factory=count)

    @classmethod
    def of(cls, things: list[str], seed: int) -> Turns:
        """Shuffle."""
        return cls([things[at] for at in stream(seed, "turns").permutation(len(things))])

    def take(self, number: int) -> list[str]:
        """Return the next so many, at most all there are."""
        few = min(number, len(self.things))
        return [self.things[next(self._place) % len(self.things)] for _ in range(few)]


def homes(viewers: int, seed: int = 0) -> Turns:
    """Return the paths of all viewers' homepages."""
    ids = viewer_ids(viewers).to_pylist()
    return Turns.of([f"{HOME}?viewerId={one}" for one in ids], seed)


def similars(title_ids: list[str], n: int, seed: int = 0) -> Turns:
    """Return the paths of what is like each title."""
    return Turns.of([f"{SIMILAR}/{one}?limit={n}" for one in title_ids], seed)

"""Short histories, drawn and not lived: titles few of which are watched much, viewers of a few tastes each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.streams import Floats, Ints, stream

LONG_TAIL = 0.9
"""A title at place ``r`` of its taste is watched in proportion to ``(r + HEAD) ** -LONG_TAIL``."""
HEAD = 5
TASTES = 3
"""Tastes of a viewer, each with half the share of the one before."""
MEAN_LENGTH = 10
"""Titles of a history; at least ``SHORTEST``, and few have many."""
SHORTEST = 2
STRAY = 0.1
"""Share of what is watched that belongs to no taste of the viewer's."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who watched what, in order of time.

    Attributes
    ----------
    viewers, titles : int64 (n_events,)
        Rows.
    at : int64 (n_events,)
        Microseconds since the first day began.
    """

    viewers: Ints
    titles: Ints
    at: Ints

    def __len__(self) -> int:
        return len(self.viewers)

    def of_first(self, viewers: int) -> Crowd:
        """Return the events of the first ``viewers``, who are as good a sample as any."""
        kept = np.flatnonzero(self.viewers < viewers)
        return Crowd(self.viewers[kept], self.titles[kept], self.at[kept])


def crowd(seed: int, viewers: int, tastes: Ints, days: int) -> Crowd:
    """Draw the histories of ``viewers``.

    Parameters
    ----------
    seed : int
    viewers : int
    tastes : int64 (n_titles,)
        What taste each title is made for, from 0.
    days : int
        Over which they are spread.
    """
    rng = stream(seed, "crowd", viewers)
    lengths = SHORTEST + rng.geometric(1 / (MEAN_LENGTH - SHORTEST + 1), viewers) - 1
    who = np.repeat(np.arange(viewers), lengths)
    titles = _titles(rng, _wanted(rng, who, viewers, int(tastes.max()) + 1), tastes)
    at = rng.integers(0, days * 86_400_000_000, len(who))
    order = np.argsort(at, kind="stable")
    return Crowd(who[order], titles[order], at[order])


def _wanted(rng: np.random.Generator, who: Ints, viewers: int, n_tastes: int) -> Ints:
    """Return the taste that each event goes after, int64 (n_events,)."""
    own = rng.integers(0, n_tastes, (viewers, TASTES))
    shares = 0.5 ** np.arange(TASTES)
    chosen = rng.choice(TASTES, len(who), p=shares / shares.sum())
    wanted = own[who, chosen]
    stray = rng.random(len(who)) < STRAY
    wanted[stray] = rng.integers(0, n_tastes, int(stray.sum()))
    return wanted


def _titles(rng: np.random.Generator, wanted: Ints, tastes: Ints) -> Ints:
    """Draw a title of the wanted taste for each event, by the long tail."""
    titles = np.empty(len(wanted), np.int64)
    order = rng.permutation(len(tastes))
    for taste in np.unique(wanted):
        events = np.flatnonzero(wanted == taste)
        ranked = order[tastes[order] == taste]
        ranked = ranked if len(ranked) else order
        titles[events] = ranked[_places(rng, len(ranked), len(events))]
    return titles


def _places(rng: np.random.Generator, count: int, draws: int) -> Ints:
    edges: Floats = np.cumsum((np.arange(count, dtype=np.float64) + HEAD) ** -LONG_TAIL)
    return np.searchsorted(edges, rng.random(draws) * edges[-1], side="right")

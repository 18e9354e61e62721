"""Years, durations, and where and when each title may be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.almanac import ALWAYS, REGIONS, START
from pipelines.world.streams import Bools, Floats, Ints
from recsys.schema import TitleType

ARRIVING, RECENT, DATED, LEAVING = 0.09, 0.03, 0.25, 0.06
"""Shares of titles that arrive during the world, came in the month before, have an old date, leave."""

WORLDWIDE = 0.8
LIVE_DAYS = 5
"""A live event and its replay stay at most so long."""


@dataclass(frozen=True, slots=True)
class Releases:
    """When and where, one entry a title.

    Attributes
    ----------
    first_day, last_day : int64
        First and last local day on which it is shown; beyond ``ALWAYS`` is no limit.
    year : int64
    regions : bool (n, 6)
        Where it may be shown.
    minutes : float64
        Length; for a series, of an episode.
    """

    first_day: Ints
    last_day: Ints
    year: Ints
    regions: Bools
    minutes: Floats


def releases(rng: np.random.Generator, kinds: list[TitleType], days: int) -> Releases:
    """Draw the releases of all titles that are not episodes."""
    n = len(kinds)
    live = np.array([kind == TitleType.LIVE for kind in kinds])
    first, last = _windows(rng, live, days)
    new = (first > 0) & (first < ALWAYS) & (rng.random(n) < 0.85)
    age = np.floor(rng.gamma(1.1, 11.0, n)).astype(np.int64)
    year = np.where(new | live, START.year, START.year - np.minimum(age, 70))
    return Releases(first, last, year, _regions(rng, n), _minutes(rng, kinds))


def _windows(rng: np.random.Generator, live: Bools, days: int) -> tuple[Ints, Ints]:
    n = len(live)
    kind = rng.random(n)
    first = np.full(n, -ALWAYS)
    arriving = kind < ARRIVING
    recent = ~arriving & (kind < ARRIVING + RECENT)
    dated = ~arriving & ~recent & (kind < ARRIVING + RECENT + DATED)
    first[arriving] = rng.integers(1, max(2, days - 1), arriving.sum())
    first[recent] = -rng.integers(0, 30, recent.sum())
    first[dated] = -rng.integers(30, 900, dated.sum())
    last = np.full(n, ALWAYS)
    leaving = ~arriving & (rng.random(n) < LEAVING)
    last[leaving] = rng.integers(days // 6, max(days // 6 + 1, days - 1), leaving.sum())
    # Those of the last quarter stay as much longer: at the end of the world some are leaving soon.
    last[leaving & (last >= days - days // 4)] += days // 4
    first[live] = rng.integers(0, days - 1, live.sum())
    last[live] = first[live] + rng.integers(2, LIVE_DAYS + 1, live.sum())
    return first, last


def _regions(rng: np.random.Generator, n: int) -> Bools:
    some = rng.random((n, len(REGIONS))) < 0.6
    some[np.arange(n), rng.integers(0, len(REGIONS), n)] = True
    return some | (rng.random((n, 1)) < WORLDWIDE)


def _minutes(rng: np.random.Generator, kinds: list[TitleType]) -> Floats:
    """Draw lengths: films around 105 minutes, episodes of 25 or 48, live events around two hours."""
    n = len(kinds)
    film = np.clip(rng.normal(105, 17, n), 72, 150)
    episode = np.where(rng.random(n) < 0.45, rng.normal(26, 3, n), rng.normal(48, 5, n))
    event = np.clip(rng.normal(115, 15, n), 80, 145)
    lengths = {TitleType.MOVIE: film, TitleType.SERIES: episode, TitleType.LIVE: event}
    return np.array([round(float(lengths[kind][row])) for row, kind in enumerate(kinds)], float)

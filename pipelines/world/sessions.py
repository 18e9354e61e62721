"""Who comes when: evenings and weekends are busy, and devices follow the hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.almanac import DAY, OFFSETS, START
from pipelines.world.streams import Ints
from pipelines.world.viewers import Viewers

DAYTIME, EVENING = 0, 1
WAVES = (DAYTIME, EVENING)
"""A viewer has at most one session in each."""

WEEKDAY = ((0.3, 0.3, 0.3, 0.3, 0.35, 0.75, 0.8), (0.7, 0.7, 0.72, 0.75, 1.0, 1.1, 0.95))
"""How busy daytime and evening are, Monday to Sunday; multiplies a viewer's visits a day."""

HOURS = ((13.0, 2.6, 7.0, 17.0), (20.4, 1.3, 17.5, 23.5))
"""Mean, spread, earliest and latest local hour at which a session of each wave begins."""

DEVICES = ((0.18, 0.42, 0.15, 0.25), (0.6, 0.2, 0.12, 0.08))
"""Shares of ``schema.DEVICE_TYPES`` in each wave."""

PAUSE = 600
"""Seconds between the end of a session and the next one of the same viewer, at least."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one wave, one entry a session.

    Attributes
    ----------
    viewer : int64 (n,)
        Ascending; no viewer twice.
    start : int64 (n,)
        Microseconds since the world's start, UTC.
    device : int64 (n,)
        Row of ``schema.DEVICE_TYPES``.
    """

    viewer: Ints
    start: Ints
    device: Ints

    def __len__(self) -> int:
        return len(self.viewer)


def sessions(
    rng: np.random.Generator, viewers: Viewers, day: int, wave: int, busy_until: Ints
) -> Sessions:
    """Draw the sessions of one wave of a local day.

    Parameters
    ----------
    rng : numpy.random.Generator
    viewers : Viewers
    day : int
        From 0.
    wave : int
        ``DAYTIME`` or ``EVENING``.
    busy_until : int64 (n_viewers,)
        Until when each viewer is still watching, in microseconds since the start; a session
        that would begin earlier is put off, and is not held if its day is over by then.
    """
    weekday = (START.weekday() + day) % 7
    expected = viewers.visits * WEEKDAY[wave][weekday] * (viewers.joined_day <= day)
    comes = rng.random(len(viewers)) < -np.expm1(-expected)
    mean, spread, earliest, latest = HOURS[wave]
    hours = np.clip(rng.normal(mean, spread, len(viewers)), earliest, latest)
    hours += rng.random(len(viewers)) / 2
    offset = OFFSETS[viewers.region] * 3600
    start = ((day * DAY + hours * 3600 - offset) * 1000).astype(np.int64) * 1000
    start = np.maximum(start, busy_until + PAUSE * 1_000_000)
    midnight = ((day + 1) * DAY - offset) * 1_000_000
    device = rng.choice(4, len(viewers), p=DEVICES[wave])
    held = np.flatnonzero(comes & (start >= 0) & (start < midnight))
    return Sessions(held, start[held], device[held])

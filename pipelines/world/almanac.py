"""Where and when the world is: its first day, its regions and their clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

START = datetime(2026, 6, 1, tzinfo=UTC)
"""The first day unless another Monday is asked for: a world's weeks are the same whenever it is."""

DAYS = 60
"""How long a world lasts unless it is told otherwise."""

DAY = 86_400
"""Seconds."""

REGIONS = ("GB", "DE", "NO", "US", "BR", "JP")
REGION_SHARES = np.array([0.2, 0.22, 0.1, 0.24, 0.14, 0.1])
OFFSETS = np.array([1, 2, 2, -4, -3, 9])
"""Hours that each region's clock is ahead of UTC, in June and July."""

ALWAYS = 100_000
"""Days; further away than any world lasts."""


def monday_before(day: date, days: int) -> datetime:
    """Return the latest Monday from which ``days`` days are over before a day begins.

    Examples
    --------
    >>> monday_before(date(2026, 8, 2), 60).date()
    datetime.date(2026, 6, 1)
    """
    last = day - timedelta(days=days)
    return datetime.combine(last - timedelta(days=last.weekday()), time(tzinfo=UTC))


def opening(start: datetime, day: int) -> datetime:
    """Return when a title first shown on a local ``day`` becomes available: early enough for every clock."""
    return start + timedelta(days=day) - timedelta(hours=12)


def closing(start: datetime, day: int) -> datetime:
    """Return when a title last shown on a local ``day`` is gone: late enough to finish watching."""
    return start + timedelta(days=day + 1, hours=12)

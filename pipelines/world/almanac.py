"""Where and when the world is: its first day, its regions and their clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

START = datetime(2026, 6, 1, tzinfo=UTC)
"""The first day, a Monday."""

DAY = 86_400
"""Seconds."""

REGIONS = ("GB", "DE", "NO", "US", "BR", "JP")
REGION_SHARES = np.array([0.2, 0.22, 0.1, 0.24, 0.14, 0.1])
OFFSETS = np.array([1, 2, 2, -4, -3, 9])
"""Hours that each region's clock is ahead of UTC, in June and July."""

ALWAYS = 100_000
"""Days; further away than any world lasts."""


def opening(day: int) -> datetime:
    """Return when a title first shown on a local ``day`` becomes available: early enough for every clock."""
    return START + timedelta(days=day) - timedelta(hours=12)


def closing(day: int) -> datetime:
    """Return when a title last shown on a local ``day`` is gone: late enough to finish watching."""
    return START + timedelta(days=day + 1, hours=12)

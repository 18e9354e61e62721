"""The newest days and those before them, as arrays: which are judged, and what is usual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.health import policy

LAST_HOUR = 23
"""A day whose events reach this hour, UTC, has run to its end."""
NORMAL = 1.4826
"""Median absolute deviations in a standard deviation, of a normal distribution."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Days:
    """COUNTED as arrays over calendar days without gaps.

    Attributes
    ----------
    counts : dict of str to float64 (n_days,)
        By column; 0 on days without events.
    first, last : datetime64[D]
        Of the first day with events, and of the last day that is judged.
    window : policy.Window
    """

    counts: dict[str, Values]
    first: np.datetime64
    last: np.datetime64
    window: policy.Window

    @classmethod
    def of(
        cls, table: pa.Table, window: policy.Window, today: date, expected: date | None = None
    ) -> Days:
        """Read a table of COUNTED.

        Parameters
        ----------
        table : pyarrow.Table
            With a day at least.
        window : policy.Window
        today : date
            UTC. What is later has not happened, and is no day.
        expected : date, optional
            The day that must be there, and be whole. By default the newest one that is whole: a night
            that comes in the middle of a day is not to find too few events in it.
        """
        days = table["day"].to_numpy().astype("datetime64[D]")
        past = days <= np.datetime64(today)
        table, days = table.filter(pa.array(past)), days[past]
        if not len(days):
            nothing = np.datetime64(today)
            return cls({name: np.zeros(1) for name in table.column_names}, nothing, nothing, window)
        whole = table["last_hour"][-1].as_py() >= LAST_HOUR
        newest = days[-1] if whole or len(days) == 1 else days[-1] - 1
        last = newest if expected is None else max(np.datetime64(expected), newest)
        places = (days - days[0]).astype(np.int64)
        inside = days <= last
        size = int((last - days[0]).astype(np.int64)) + 1
        counts = {}
        for name in table.column_names[1:]:
            counts[name] = np.zeros(size)
            counts[name][places[inside]] = table[name].to_numpy()[inside]
        return cls(counts, days[0], last, window)

    def newest(self) -> Iterator[Day]:
        """Yield the newest days, the latest first."""
        size = len(self.counts["events"])
        for place in range(size - 1, max(size - 1 - self.window.newest, -1), -1):
            yield Day(self, place)

    def judged(self) -> Iterator[Day]:
        """Yield those of the newest days of which enough days before are known."""
        return (day for day in self.newest() if not day.unknown)

    @property
    def about(self) -> str:
        """Which days are judged by which, in words."""
        days = [day.date for day in self.judged()]
        span = "no day" if not days else f"{min(days)} to {max(days)}"
        return f"{span}, by the {self.window.days} days before"

    @property
    def unknown(self) -> str:
        """Why no day can be judged; empty if one can."""
        said = [day.unknown for day in self.newest()]
        return "" if "" in said else said[0]


@dataclass(frozen=True, slots=True)
class Day:
    """One day among others.

    Attributes
    ----------
    days : Days
    place : int
    """

    days: Days
    place: int

    @property
    def date(self) -> date:
        """UTC."""
        return (self.days.first + self.place).astype(object)

    def count(self, name: str) -> float:
        """Return how many there are on this day."""
        return float(self.days.counts[name][self.place])

    def before(self, name: str) -> Values:
        """Return how many there were on each of the days before, the day before last."""
        return self.days.counts[name][max(self.place - self.days.window.days, 0) : self.place]

    @property
    def unknown(self) -> str:
        """Why it cannot be judged; empty if it can."""
        window, events = self.days.window, self.before("events")
        if len(events) < window.days:
            return f"not enough days to judge: {len(events)} before {self.date}, {window.days} are needed"
        if (busy := int(np.count_nonzero(events))) < window.least_days:
            return f"not enough days to judge: {busy} of the {window.days} before {self.date} have events"
        if (usual := float(np.median(events))) < window.least_events:
            return (
                f"too few events to judge: {usual:,.0f} a day, {window.least_events:,} are needed"
            )
        return ""

    def share(self, part: str, whole: str) -> float:
        """Return a share of this day; 0 where there is nothing to take it of."""
        return self.count(part) / max(self.count(whole), 1)

    def usual_share(self, part: str, whole: str) -> tuple[float, float]:
        """Return the median of a share on the days before, and its standard deviation by the MAD."""
        of = self.before(whole)
        shares = self.before(part)[of > 0] / of[of > 0]
        if not len(shares):
            return 0.0, 0.0
        middle = float(np.median(shares))
        return middle, NORMAL * float(np.median(np.abs(shares - middle)))

    def usual_volume(self, name: str) -> tuple[float, float]:
        """Return what this day's weekday makes expect, and its standard deviation as a share of it.

        The expected logarithm is the median of those of the same weekday, of some weeks, and of the median of
        the days before, so that one odd week misleads nobody. What two days a week apart differ by is twice
        the variance of a day around its weekday; of those differences the MAD is taken.
        """
        lately = _logarithms(self.before(name))
        every = self.days.counts[name][: self.place]
        same = _logarithms(every[::-1][6::7][: self.days.window.weeks])
        middle = np.nanmedian(np.append(same, np.nanmedian(lately)))
        apart = np.abs(lately[7:] - lately[:-7])
        spread = NORMAL * np.nanmedian(apart) / np.sqrt(2) if (~np.isnan(apart)).any() else 0.0
        return float(np.exp(middle)), float(spread)


def _logarithms(counts: Values) -> Values:
    """Return logarithms, NaN of days without any."""
    return np.log(np.where(counts > 0, counts, np.nan))

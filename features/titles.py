"""What is known of a title at a moment: how popular it is now and was before, how old, what kind."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import ibis
import numpy as np
from numpy.typing import NDArray

from features.batch import age_seconds, moment
from recsys.interactions import Histories
from recsys.schema import TitleType
from recsys.titles import Titles

WINDOW_DAYS: Final = (1, 7, 30, 90, 365, 1095)
"""Days before now in which viewers are counted; beside them stands the count since ever.

Services live at different paces: what a day is to a news programme a year is to an archive, so
the ranker gets all of them and chooses.
"""

COUNTS: Final = (*(f"viewers_{days}d" for days in WINDOW_DAYS), "viewers_ever")
POPULARITY: Final = (*(f"log_{name}" for name in COUNTS), "trend_fast", "trend_slow", "days_known")
STATIC: Final = ("release_year", "runtime_minutes", "is_series", "is_live")


def popularity(interactions: ibis.Table, now: datetime) -> ibis.Table:
    """Count the viewers of each title, by window, from a table of INTERACTIONS before ``now``.

    Returns
    -------
    ibis.Table
        ``title_id``, one column of ``COUNTS`` each, and ``days_known`` since the first of them.
    """
    past = interactions.filter(interactions.last_at < moment(now))
    age = age_seconds(past.last_at, now)
    counts = {
        f"viewers_{days}d": (age <= days * 86_400).cast("int64").sum() for days in WINDOW_DAYS
    }
    return past.group_by("title_id").agg(
        **counts, viewers_ever=past.count(), days_known=age.max().cast("float64") / 86_400
    )


def popularity_of(
    histories: Histories, now: datetime
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count as ``popularity`` does, from histories in memory.

    Returns
    -------
    counts : int64 (n_titles, n_counts)
    days_known : float64 (n_titles,)
        NaN for a title that nobody watched.
    """
    end = np.datetime64(int(now.timestamp()), "s")
    past = histories.keep(histories.occurred_at < end).known()
    age = (end - past.occurred_at).astype(np.int64)
    recent = [past.titles[age <= days * 86_400] for days in WINDOW_DAYS]
    counts = [
        np.bincount(titles, minlength=histories.n_titles) for titles in (*recent, past.titles)
    ]
    known = np.full(histories.n_titles, np.nan)
    np.fmax.at(known, past.titles, age / 86_400)
    return np.stack(counts, axis=1), known


def popularity_columns(
    counts: NDArray[np.int64], days_known: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Turn counts into what a ranker sees, float32 (n_titles, len(POPULARITY)).

    Counts become shares of the window's largest, on a log scale, so that a model trained at one
    moment reads another; a trend is the difference of two of them, per thousand.
    """
    shares = np.log1p(1000 * counts / np.maximum(counts.max(axis=0, initial=0), 1))
    week, month, year, ever = (shares[:, at] for at in (1, 2, 4, -1))
    return np.column_stack([shares, week - month, year - ever, days_known]).astype(np.float32)


def static_columns(titles: Titles) -> NDArray[np.float32]:
    """Return what never changes of a title, float32 (n_titles, len(STATIC)); NaN where unknown."""
    table = titles.table
    year, seconds = (
        table[name].cast("float64").fill_null(float("nan")).to_numpy()
        for name in ("release_year", "duration_seconds")
    )
    kinds = np.array(table["title_type"].to_pylist(), dtype=str)
    flags = [kinds == TitleType.SERIES.value, kinds == TitleType.LIVE.value]
    return np.column_stack([year, seconds / 60, *flags]).astype(np.float32)

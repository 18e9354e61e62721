"""What is known of a viewer at a moment: how much they watched, how recently, and at what hour they ask."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import ibis
import numpy as np
from numpy.typing import NDArray

from features.batch import age_seconds, moment
from recsys.interactions import Histories

RECENT_DAYS: Final = 30
VIEWER: Final = ("length", "recent_length", "days_idle", "hour", "weekend")


def viewers(interactions: ibis.Table, now: datetime) -> ibis.Table:
    """Describe each viewer of a table of INTERACTIONS at a moment: ``pseudonym`` and ``VIEWER``."""
    past = interactions.filter(interactions.last_at < moment(now))
    age = age_seconds(past.last_at, now)
    return (
        past.group_by("pseudonym")
        .agg(
            length=past.count(),
            recent_length=(age <= RECENT_DAYS * 86_400).cast("int64").sum(),
            days_idle=age.min().cast("float64") / 86_400,
        )
        .mutate(hour=ibis.literal(_hour(now)), weekend=ibis.literal(_weekend(now)))
    )


def viewer_columns(histories: Histories, now: datetime) -> NDArray[np.float32]:
    """Describe histories as ``viewers`` does, float32 (n_histories, len(VIEWER)).

    Nothing was watched never: ``days_idle`` of an empty history is NaN.
    """
    end = np.datetime64(int(now.timestamp()), "s")
    past = histories.keep(histories.occurred_at < end)
    age = (end - past.occurred_at).astype(np.int64)
    recent = np.bincount(past.viewers[age <= RECENT_DAYS * 86_400], minlength=len(past))
    idle = np.full(len(past), np.nan)
    np.fmin.at(idle, past.viewers, age / 86_400)
    asked = np.broadcast_to([_hour(now), _weekend(now)], (len(past), 2))
    return np.column_stack([past.lengths, recent, idle, asked]).astype(np.float32)


def _hour(now: datetime) -> float:
    """Return the hour, minutes cut off as they are from the moments that the lake keeps."""
    return float(now.hour)


def _weekend(now: datetime) -> float:
    return float(now.weekday() >= 5)

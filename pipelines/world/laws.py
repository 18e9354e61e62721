"""The laws of behaviour, in closed form: how wanted a title is, and how likely a place is looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipelines.world.streams import Floats, Ints, Vectors, unit

ROW_FALL, ITEM_FALL = 0.7, 0.5
STEEPNESS, BAR = 12.0, 8.0
MOOD_PULL = 0.45
BURST, BURST_DAYS = 1.6, 6.0


def examination(row_rank: ArrayLike, item_rank: ArrayLike) -> Floats:
    """Return the probability that a place is looked at, in (0, 1].

    ``(1 + row_rank)^-0.7 x (1 + item_rank)^-0.5``, both ranks from 0. A shown title is clicked with
    probability examination x affinity, each place for itself.

    Examples
    --------
    >>> float(examination(0, 0)), float(examination(0, 3))
    (1.0, 0.5)
    """
    rows, items = np.asarray(row_rank, float), np.asarray(item_rank, float)
    return (1 + rows) ** -ROW_FALL * (1 + items) ** -ITEM_FALL


def wishes(tastes: Vectors, mood: Vectors) -> Vectors:
    """Return what viewers want now: their taste drawn towards what they watched last."""
    return unit(tastes + MOOD_PULL * mood)


def affinity(wanted: Vectors, titles: Vectors, appeal: Floats) -> Vectors:
    """Return how much each viewer wants each title, in (0, 1).

    ``sigmoid(12 cos(viewer, title) - 8 + appeal)``.

    Parameters
    ----------
    wanted : float32 (n_viewers, 16)
    titles : float32 (n_titles, 16)
        Both of length 1.
    appeal : float64 (n_titles,)
        Today's, freshness included.
    """
    logits = STEEPNESS * (wanted @ titles.T) + (appeal - BAR).astype(np.float32)
    return 1 / (1 + np.exp(-logits, dtype=np.float32))


def freshness(first_day: Ints, day: int) -> Floats:
    """Return what being new adds to a title's appeal: ``1.6 exp(-days since release / 6)``."""
    since = np.maximum(day - first_day, 0)
    return BURST * np.exp(-since / BURST_DAYS)

"""Where and when a title is watched more than others: on a device, and in a part of the day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.interactions import Histories
from recsys.schema import DEVICE_TYPES

PRIOR: Final = 20
"""So many viewers, spread as everywhere, are added to those of each title."""
DAYPARTS: Final = 4
"""Quarters of a day, from midnight on, UTC as all moments are."""
LIFTS: Final = ("device_lift",)


def lifts(histories: Histories, now: datetime) -> NDArray[np.float32]:
    r"""Return by how much each title is watched more on each device than titles are, float32 (n_titles, n_devices).

    .. math:: \log \frac{n_{td} + a p_d}{(n_t + a) p_d}

    of the viewers before ``now`` whose device is known: :math:`n_{td}` of a title on a device, :math:`p_d` the
    share of the device, :math:`a` as ``PRIOR`` says. What nobody watched is 0, and so is a device that nobody has.
    """
    end = np.datetime64(int(now.timestamp()), "s")
    past = histories.keep(histories.occurred_at < end).known()
    shape = histories.n_titles, len(DEVICE_TYPES)
    if past.devices is None:
        return np.zeros(shape, np.float32)
    held = past.devices >= 0
    counts = np.zeros(shape)
    np.add.at(counts, (past.titles[held], past.devices[held]), 1)
    share = counts.sum(axis=0) / max(counts.sum(), 1)
    expected = (counts.sum(axis=1, keepdims=True) + PRIOR) * share
    found = counts + PRIOR * share
    return np.log(np.divide(found, expected, out=np.ones(shape), where=expected > 0)).astype("f4")


def lift_columns(
    known: NDArray[np.float32], candidates: NDArray[np.int32], context: Context
) -> NDArray[np.float32]:
    """Return the lifts of candidates in a context, float32 (n_pairs, len(LIFTS)); NaN where the device is unknown."""
    if context.device not in DEVICE_TYPES:
        return np.full((len(candidates), 1), np.nan, np.float32)
    return known[candidates, DEVICE_TYPES.index(context.device), None]

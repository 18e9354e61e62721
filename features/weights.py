"""What an interaction weighs, in a batch and in a request.

The weight of an interaction at the moment ``as_of`` is ::

    interest  = max(touch, watched, listed * [in the watchlist], [has a rating])
    opinion   = (rating_base + rating_step * rating) * (liked if thumb > 0, 0 if thumb < 0, else 1)
    length    = 1 + episode_gain * ln(max(1, episodes watched))
    recency   = max(recency_floor, 2 ** (-age in days / half_life_days))
    weight    = interest * opinion * length * recency

where ``watched`` is 1 once completed, else the largest portion really watched, and ``opinion``
leaves out what was not said. A rating is a watch; a thumb down is weight 0, yet still seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import ibis
import numpy as np
from numpy.typing import NDArray

from features.batch import age_seconds


@dataclass(frozen=True, slots=True)
class WeightPolicy:
    """The numbers of the formula above; weights are relative, so only their ratios matter."""

    touch: float = 0.1
    listed: float = 0.3
    rating_base: float = 0.5
    rating_step: float = 0.1
    liked: float = 1.5
    episode_gain: float = 0.25
    half_life_days: float = 365.0
    recency_floor: float = 0.5


POLICY: Final = WeightPolicy()


class States(Protocol):
    """What the weight is made of, one entry a title."""

    @property
    def watched_portion(self) -> NDArray[np.float64]:
        """In [0, 1]; NaN where unknown."""

    @property
    def completed(self) -> NDArray[np.bool_]:
        """Was it watched to the end."""

    @property
    def rating(self) -> NDArray[np.float64]:
        """In [0.5, 5]; NaN where not rated."""

    @property
    def thumb(self) -> NDArray[np.float64]:
        """Above 0 up, below 0 down; NaN where neither."""

    @property
    def watchlisted(self) -> NDArray[np.bool_]:
        """Is it in the watchlist."""

    @property
    def episodes(self) -> NDArray[np.int64]:
        """Titles watched in part that the entry stands for."""

    @property
    def last_at(self) -> NDArray[np.datetime64]:
        """UTC."""


def weight(table: ibis.Table, as_of: datetime, policy: WeightPolicy = POLICY) -> ibis.Value:
    """Return the weight of each row of a table of states, as an expression."""
    watched = ibis.ifelse(table.completed, 1.0, table.watched_portion.fill_null(0.0))
    interest = ibis.greatest(
        policy.touch,
        watched,
        ibis.ifelse(table.watchlisted, policy.listed, 0.0),
        ibis.ifelse(table.rating.notnull(), 1.0, 0.0),
    )
    stars = (policy.rating_base + policy.rating_step * table.rating).fill_null(1.0)
    thumb = ibis.cases(
        (table.thumb.fill_null(0.0) > 0, policy.liked),
        (table.thumb.fill_null(0.0) < 0, 0.0),
        else_=1.0,
    )
    length = 1 + policy.episode_gain * ibis.greatest(1, table.episodes).cast("float64").ln()
    half_lives = age_seconds(table.last_at, as_of).cast("float64") / (
        86_400 * policy.half_life_days
    )
    recency = ibis.greatest(policy.recency_floor, (-np.log(2.0) * half_lives).exp())
    return interest * stars * thumb * length * recency


def weight_of(
    states: States, as_of: datetime, policy: WeightPolicy = POLICY
) -> NDArray[np.float32]:
    """Return the weight of each entry of states in memory, float32 (n,)."""
    rated = ~np.isnan(states.rating)
    interest = np.maximum.reduce(
        [
            np.full(len(states.rating), policy.touch),
            np.where(states.completed, 1.0, np.nan_to_num(states.watched_portion)),
            policy.listed * states.watchlisted,
            1.0 * rated,
        ]
    )
    stars = np.where(rated, policy.rating_base + policy.rating_step * states.rating, 1.0)
    thumb = np.where(states.thumb > 0, policy.liked, np.where(states.thumb < 0, 0.0, 1.0))
    length = 1 + policy.episode_gain * np.log(np.maximum(1, states.episodes))
    now = np.datetime64(int(as_of.timestamp()), "s")
    age = (now - states.last_at.astype("datetime64[s]")).astype(np.int64) / 86_400
    recency = np.maximum(policy.recency_floor, np.exp2(-age / policy.half_life_days))
    return (interest * stars * thumb * length * recency).astype(np.float32)

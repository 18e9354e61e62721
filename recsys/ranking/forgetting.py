"""How fast popularity is to forget, by those of whom nothing else is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recsys.algorithms.popularity import Popularity, PopularityConfig
from recsys.interactions import Interactions, Moments
from recsys.metrics.ranking import ndcg
from recsys.ranking.lessons import cold
from recsys.titles import Titles

LEAST_COLD = 50
"""Fewer new viewers than these choose no half-life."""
PLACES = 10


def half_life(
    interactions: Interactions,
    titles: Titles,
    moments: Moments,
    config: PopularityConfig,
    days: tuple[float, ...],
) -> float:
    """Return the half-life whose popularity serves viewers best who are new in each stretch.

    The first of ``days`` stays unless another is better beyond chance, by two standard errors.
    """
    gains: dict[float, list[NDArray[np.float64]]] = {one: [] for one in days}
    for start, new in cold(interactions.histories, moments):
        earlier = interactions.before(start)
        for one in days if len(new) and len(earlier) else ():
            model = Popularity(config.model_copy(update={"half_life_days": one}))
            ids, _ = model.fit(earlier, titles).recommend(new.last(0), PLACES)
            gains[one].append(ndcg(ids, new, PLACES))
    if sum(map(len, gains[days[0]])) < LEAST_COLD:
        return days[0]
    joined = {one: np.concatenate(values) for one, values in gains.items()}
    best = max(days, key=lambda one: float(joined[one].mean()))
    gain = joined[best] - joined[days[0]]
    return best if gain.mean() > 2 * gain.std() / np.sqrt(len(gain)) else days[0]

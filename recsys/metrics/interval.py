"""How sure a mean over viewers is: percentile bootstrap, seeded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.metrics.hits import Values

RESAMPLES = 1000
LARGE = 50_000
"""Viewers from which the bootstrap of a mean is its normal limit, to more digits than are shown."""
DRAWS_AT_ONCE = 4_000_000
NORMAL = 1.959964
"""The normal distribution's 97.5 % point."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval; all NaN if there was no value.

    Attributes
    ----------
    mean, low, high : float
    """

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.4f} [{self.low:.4f}, {self.high:.4f}]"


def mean_interval(values: Values, *, seed: int = 0, resamples: int = RESAMPLES) -> Interval:
    """Return the mean over viewers and its 95 % interval (Efron's percentile bootstrap).

    Parameters
    ----------
    values : float64 (n_viewers,)
        NaN is not counted.
    seed : int
    resamples : int

    Examples
    --------
    >>> mean_interval(np.array([0.5, 0.5, np.nan]))
    Interval(mean=0.5, low=0.5, high=0.5)
    """
    counted = values[~np.isnan(values)]
    if not len(counted):
        return Interval(np.nan, np.nan, np.nan)
    mean = float(counted.mean())
    if len(counted) > LARGE:
        reach = NORMAL * counted.std(ddof=1) / np.sqrt(len(counted))
        return Interval(mean, float(mean - reach), float(mean + reach))
    low, high = np.quantile(_means(counted, seed, resamples), [0.025, 0.975])
    return Interval(mean, float(min(low, mean)), float(max(high, mean)))


def paired(a: Values, b: Values, *, seed: int = 0, resamples: int = RESAMPLES) -> Interval:
    """Return the mean difference ``a - b`` of two models on the same viewers, with its interval.

    An interval that does not contain 0 says that the models differ. Viewers whom either does not
    count are left out.

    Raises
    ------
    InputError
        If the two are not values of the same viewers.

    Examples
    --------
    >>> paired(np.array([0.5, 1.0]), np.array([0.25, 0.75]))
    Interval(mean=0.25, low=0.25, high=0.25)
    """
    if a.shape != b.shape:
        raise InputError(expected=f"values of {len(a)} viewers", got=len(b), where="paired")
    return mean_interval(a - b, seed=seed, resamples=resamples)


def joint_intervals(
    n_viewers: int,
    statistics: Callable[[NDArray[np.int64]], Sequence[float]],
    *,
    seed: int = 0,
) -> list[Interval]:
    """Return statistics of all lists together, such as coverage, with their 95 % intervals.

    A resample holds only 63 % of the viewers, which by itself lowers what counts distinct titles.
    So the bootstrap gives the spread alone: the value and 1.96 standard deviations to each side.

    Parameters
    ----------
    n_viewers : int
    statistics : callable
        Of int64 (n_viewers,), how often each viewer is drawn, to numbers in [0, 1].
    seed : int
    """
    values = statistics(np.ones(n_viewers, np.int64))
    rng = np.random.default_rng(seed)
    # A few draws suffice for a deviation, and each one costs a pass over all lists.
    resamples = int(np.clip(DRAWS_AT_ONCE // max(n_viewers, 1), 20, 200))
    drawn = [
        statistics(np.bincount(rng.integers(0, n_viewers, n_viewers), minlength=n_viewers))
        for _ in range(resamples)
    ]
    reach = NORMAL * np.std(drawn, axis=0, ddof=1)
    return [
        Interval(value, float(max(value - spread, 0)), float(min(value + spread, 1)))
        for value, spread in zip(values, reach, strict=True)
    ]


def _means(values: Values, seed: int, resamples: int) -> Values:
    rng = np.random.default_rng(seed)
    block = max(DRAWS_AT_ONCE // len(values), 1)
    return np.concatenate(
        [
            values[rng.integers(0, len(values), (min(block, resamples - start), len(values)))].mean(
                axis=1
            )
            for start in range(0, resamples, block)
        ]
    )

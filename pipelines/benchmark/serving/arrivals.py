"""When requests are due: by chance at a fixed rate, whatever the server makes of the ones before."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def arrivals(rate: float, seconds: float, seed: int) -> NDArray[np.float64]:
    """Return the moments of a Poisson process, in seconds from the start, ascending.

    Parameters
    ----------
    rate : float
        Arrivals a second, above 0.
    seconds : float
        No arrival is later.
    seed : int
    """
    random = np.random.default_rng(seed)
    expected = rate * seconds
    # So many gaps that all but surely they fill the time.
    gaps = random.exponential(1 / rate, math.ceil(expected + 10 * math.sqrt(expected) + 10))
    moments = np.cumsum(gaps)
    return moments[moments < seconds]

"""Requests come by chance at a fixed rate."""

import numpy as np
import pytest

from pipelines.benchmark.serving.arrivals import arrivals


@pytest.mark.parametrize("rate", [0.5, 20.0, 3000.0])
def test_as_many_come_as_the_rate_says(rate: float) -> None:
    counts = [len(arrivals(rate, 50, seed)) for seed in range(40)]
    # The number is Poisson's: its mean is known to within four standard errors.
    expected = rate * 50
    assert abs(np.mean(counts) - expected) < 4 * np.sqrt(expected / 40)
    assert np.var(counts) / expected == pytest.approx(1, abs=0.9)


def test_they_are_in_order_and_within_the_time() -> None:
    moments = arrivals(100, 3, 0)
    assert (np.diff(moments) > 0).all()
    assert moments[0] > 0
    assert moments[-1] < 3


def test_gaps_are_exponential_and_the_same_again() -> None:
    moments = arrivals(200, 100, 1)
    gaps = np.diff(moments)
    assert np.std(gaps) == pytest.approx(np.mean(gaps), rel=0.05)
    assert (arrivals(200, 100, 1) == moments).all()

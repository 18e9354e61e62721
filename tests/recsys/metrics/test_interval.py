"""Intervals are seeded, hold what they should, and tell models apart on the same viewers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.metrics import mean_interval, paired
from recsys.metrics.interval import LARGE, Interval, joint_intervals

VALUES = st.lists(st.floats(0, 1) | st.just(np.nan), max_size=30).map(np.array)


@given(VALUES)
def test_the_mean_lies_in_its_interval_and_the_same_seed_gives_the_same(
    values: np.ndarray,
) -> None:
    values = values.astype(float)
    interval = mean_interval(values)
    if np.isnan(values).all():
        assert np.isnan(interval.mean)
        return
    assert interval.mean == pytest.approx(np.nanmean(values))
    assert interval.low <= interval.mean <= interval.high
    assert mean_interval(values) == interval


def test_the_interval_is_about_two_standard_errors_to_each_side() -> None:
    values = np.repeat([0.0, 1.0], 200)
    interval = mean_interval(values)
    reach = 1.96 * 0.5 / np.sqrt(400)
    assert (interval.low, interval.high) == pytest.approx((0.5 - reach, 0.5 + reach), abs=0.01)


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(0)
    samples = rng.random((400, 60)) < 0.3
    intervals = [mean_interval(sample.astype(float), resamples=400) for sample in samples]
    held = np.mean([interval.low <= 0.3 <= interval.high for interval in intervals])
    assert held == pytest.approx(0.95, abs=0.03)


def test_of_very_many_viewers_the_normal_limit_is_taken() -> None:
    values = np.tile([0.0, 1.0], LARGE)
    reach = 1.96 * 0.5 / np.sqrt(2 * LARGE)
    assert mean_interval(values).high == pytest.approx(0.5 + reach, abs=1e-5)


def test_a_small_steady_gain_shows_in_pairs_and_not_in_means() -> None:
    base = np.random.default_rng(0).random(200) * 0.9
    better = base + 0.01
    difference = paired(better, base)
    assert difference.mean == pytest.approx(0.01)
    assert difference.low > 0
    assert mean_interval(base).high > mean_interval(better).low


def test_pairs_leave_out_whom_either_does_not_count() -> None:
    a, b = np.array([1.0, np.nan, 0.5]), np.array([0.0, 1.0, np.nan])
    assert paired(a, b) == Interval(1.0, 1.0, 1.0)
    with pytest.raises(InputError, match="values of 3 viewers, got 2"):
        paired(a, b[:2])


def test_what_all_lists_together_are_keeps_its_value_amid_its_interval() -> None:
    owners = np.arange(50) % 10

    def shares(times: np.ndarray) -> tuple[float, float]:
        return float((np.bincount(owners, times, minlength=10) > 2).mean()), 0.25

    varying, fixed = joint_intervals(50, shares)
    assert varying.mean == 1
    assert varying.low < 1
    assert varying.high == 1
    assert fixed == Interval(0.25, 0.25, 0.25)


def test_an_interval_reads_as_numbers() -> None:
    assert str(Interval(0.5, 0.25, 0.75)) == "0.5000 [0.2500, 0.7500]"

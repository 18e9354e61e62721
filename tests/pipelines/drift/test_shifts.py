"""Two samples of one quantity are told apart when they differ, and not when they do not."""

import math

import numpy as np
import pytest

from pipelines.drift.shifts import categorical, numeric, psi


def test_psi_is_the_sum_over_bins_that_its_formula_says() -> None:
    # A half is added to each count: 60.5 and 40.5 of 101 then, 40.5 and 60.5 of 101 now.
    p, q = (60.5 / 101, 40.5 / 101), (40.5 / 101, 60.5 / 101)
    by_hand = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert psi(np.array([60, 40]), np.array([40, 60])) == pytest.approx(by_hand)


def test_the_same_numbers_have_not_moved() -> None:
    values = np.random.default_rng(0).normal(size=2000).astype("f4")
    found = numeric("x", values, values)
    assert found.psi == 0
    assert found.ks == 0


def test_a_shift_of_half_a_deviation_is_about_a_quarter() -> None:
    random = np.random.default_rng(0)
    found = numeric("x", random.normal(size=20_000), random.normal(0.5, size=20_000))
    # Of normal distributions it is the squared difference of the means, less what ten bins blur.
    assert found.psi == pytest.approx(0.25, abs=0.03)
    # Kolmogorov and Smirnov's distance: twice the mass within a quarter, 2 * 0.0987.
    assert found.ks == pytest.approx(0.197, abs=0.01)


def test_what_is_no_longer_known_is_a_bin_of_its_own() -> None:
    found = numeric("x", np.arange(1000.0), np.where(np.arange(1000) % 2, np.nan, np.arange(1000)))
    assert found.bins[-1] == "unknown"
    assert (found.then[-1], found.now[-1]) == (0, 0.5)
    assert found.psi > 1
    assert found.ks == pytest.approx(0, abs=0.01)


def test_nothing_known_at_all_has_no_distance() -> None:
    found = numeric("x", np.full(50, np.nan), np.full(50, np.nan))
    assert found.ks is None
    assert found.psi == 0


def test_few_whole_numbers_are_a_bin_each() -> None:
    found = numeric("flag", np.array([0.0, 0, 0, 1]), np.array([0.0, 1, 1, 1]))
    assert found.bins == ("0", "1")
    assert found.now == (0.25, 0.75)


def test_categories_are_compared_by_name_and_the_rare_ones_together() -> None:
    then = np.array([*(["DE"] * 50), *(["FR"] * 50)], object)
    now = np.array([*(["DE"] * 50), *(["BR"] * 45), *([None] * 5)], object)
    found = categorical("region", then, now)
    assert found.bins == ("DE", "FR", "BR", "unknown")
    assert found.then == (0.5, 0.5, 0, 0)
    assert found.now == (0.5, 0, 0.45, 0.05)
    assert found.ks is None
    assert found.psi > 2
    many = np.array([f"c{number:02}" for number in range(40)], object)
    assert categorical("many", many, many).bins[-1] == "others"

"""Noise has the chances that its definition says, and counts with it tell little of one person."""

import math
from fractions import Fraction

import numpy as np
import pytest

from recsys.privacy.release import Release, discrete_laplace, released

N = 20_000
HOW = Release(epsilon=Fraction(1), most_each=2, minimum=5)


@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(1), Fraction(3), Fraction(7, 3)])
def test_each_step_from_nothing_is_less_likely_by_the_same_factor(scale: Fraction) -> None:
    drawn = np.array([discrete_laplace(scale) for _ in range(N)])
    ratio = math.exp(-1 / float(scale))
    of_zero = (1 - ratio) / (1 + ratio)
    for value in (-2, -1, 0, 1, 2):
        chance = of_zero * ratio ** abs(value)
        # Six standard deviations: once in 500 million runs by chance alone.
        assert abs((drawn == value).mean() - chance) < 6 * math.sqrt(chance * (1 - chance) / N)


def test_a_count_comes_with_noise_and_a_small_one_does_not_come() -> None:
    counts = {"many": 1000, "few": 1, "elsewhere": 1000}
    told = [released(counts, ["many", "few"], HOW) for _ in range(300)]
    assert all(set(one) <= {"many", "few"} for one in told)
    assert all(count >= 5 for one in told for count in one.values())
    many = np.array([one["many"] for one in told])
    assert len(set(many.tolist())) > 1
    # The variance of the noise is 2 ratio / (1 - ratio)^2, some 2.8 squared.
    assert abs(many.mean() - 1000) < 6 * 2.8 / math.sqrt(300)


def test_what_nobody_watched_comes_about_as_often_as_is_said() -> None:
    keys = list(range(10_000))
    least = HOW.least(len(keys))
    assert least == math.ceil(2 * math.log(10_000))
    told = [released({}, keys, HOW) for _ in range(200)]
    ratio = math.exp(-1 / 2)
    expected = 10_000 * ratio**least / (1 + ratio)
    assert abs(np.mean([len(one) for one in told]) - expected) < 6 * math.sqrt(expected / 200)
    assert all(count >= least for one in told for count in one.values())


def test_with_and_without_somebody_no_answer_is_much_likelier() -> None:
    """One person moves a count of 12 to 13; most_each 1 at epsilon 1 lets no answer be e times likelier."""
    how = Release(epsilon=Fraction(1), most_each=1, minimum=0)
    without = [released({"t": 12}, ["t"], how).get("t", 0) for _ in range(N)]
    having = [released({"t": 13}, ["t"], how).get("t", 0) for _ in range(N)]
    for answer in (11, 12, 13, 14):
        less, more = sorted((without.count(answer), having.count(answer)))
        assert more <= less * math.e * (1 + 6 / math.sqrt(less))

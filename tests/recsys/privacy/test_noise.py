"""Noise has the distribution that hides one person, and is the same whenever the same is asked."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import PrivacyError
from recsys.privacy.noise import geometric, noisy_count, released

KEY, OTHER = bytes(32), b"\x01" * 32
DRAWS = 20_000


def drawn(epsilon: float, sensitivity: int, key: bytes = KEY) -> list[int]:
    return [
        noisy_count(0, ("q", str(n)), key, epsilon=epsilon, sensitivity=sensitivity)
        for n in range(DRAWS)
    ]


@pytest.mark.parametrize(("epsilon", "sensitivity"), [(1.0, 1), (0.5, 1), (1.0, 3), (2.0, 2)])
def test_each_number_comes_as_often_as_the_mechanism_says(epsilon: float, sensitivity: int) -> None:
    alpha = math.exp(-epsilon / sensitivity)
    found = Counter(drawn(epsilon, sensitivity))
    for k in range(-4, 5):
        expected = (1 - alpha) / (1 + alpha) * alpha ** abs(k)
        spread = math.sqrt(expected * (1 - expected) / DRAWS)
        assert abs(found[k] / DRAWS - expected) < 5 * spread


@pytest.mark.parametrize(("epsilon", "sensitivity"), [(0.5, 1), (1.0, 1), (1.0, 3)])
def test_one_person_makes_no_answer_more_likely_than_e_to_the_epsilon(
    epsilon: float, sensitivity: int
) -> None:
    without = Counter(drawn(epsilon, sensitivity))
    with_one = Counter(k + sensitivity for k in drawn(epsilon, sensitivity, OTHER))
    compared = [k for k in without if min(without[k], with_one[k]) >= 100]
    assert len(compared) > 4
    for k in compared:
        spread = math.sqrt(1 / without[k] + 1 / with_one[k])
        assert abs(math.log(without[k] / with_one[k])) <= epsilon + 5 * spread


@given(st.tuples(st.floats(1e-12, 1.0), st.floats(1e-12, 1.0)), st.floats(0.01, 5.0))
def test_noise_is_a_difference_of_two_geometric_numbers(
    uniforms: tuple[float, float], rate: float
) -> None:
    up, down = (math.floor(-math.log(one) / rate) for one in uniforms)
    assert geometric(uniforms, rate) == up - down == -geometric(uniforms[::-1], rate)


@given(st.integers(0, 10**6), st.lists(st.text(max_size=5), max_size=4), st.binary(min_size=16))
def test_the_same_question_has_the_same_answer(count: int, words: list[str], key: bytes) -> None:
    asked = [noisy_count(count, words, key, epsilon=0.3, sensitivity=2) for _ in range(3)]
    assert len(set(asked)) == 1


def test_another_question_or_key_has_other_noise() -> None:
    noise = drawn(0.1, 1)
    assert len(set(noise)) > 50
    assert noise != drawn(0.1, 1, OTHER)
    pairs = [
        noisy_count(0, words, KEY, epsilon=0.001, sensitivity=1)
        for words in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""))
    ]
    assert len(set(pairs)) == 4


def test_the_noise_of_the_first_half_says_nothing_of_the_second() -> None:
    noise = drawn(0.2, 1)
    half = DRAWS // 2
    product = sum(a * b for a, b in zip(noise[:half], noise[half:], strict=True)) / half
    alpha = math.exp(-0.2)
    variance = 2 * alpha / (1 - alpha) ** 2
    assert abs(product) < 5 * variance / math.sqrt(half)


def test_what_is_below_the_threshold_is_not_told() -> None:
    assert (released(9, 10), released(10, 10), released(-3, 1)) == (None, 10, None)


@pytest.mark.parametrize("wrong", [{"epsilon": 0.0}, {"sensitivity": 0}, {"key": b"short"}])
def test_parameters_out_of_their_range_are_refused(wrong: dict[str, object]) -> None:
    given = {"key": KEY, "epsilon": 1.0, "sensitivity": 1} | wrong
    with pytest.raises(PrivacyError):
        noisy_count(1, ("q",), **given)  # type: ignore[arg-type]

"""One error is one: a letter wrong, lost, too many, or two that changed places."""

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from pipelines.benchmark.search.typos import can_be_mistyped, mistyped


@pytest.mark.parametrize(
    "name", ["The Matrix", "Up in the Air", "Aaaaa", "Amélie", "8½ Women", "WALL·E 2"]
)
def test_a_mistyped_name_is_one_error_away(name: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        assert OSA.distance(name.lower(), mistyped(name, rng).lower()) == 1


def test_all_kinds_of_errors_come() -> None:
    rng = np.random.default_rng(0)
    lengths = [len(mistyped("Casablanca", rng)) - len("Casablanca") for _ in range(400)]
    # Of four kinds one loses a letter and one adds one.
    assert {one: lengths.count(one) > 60 for one in (-1, 0, 1)} == {-1: True, 0: True, 1: True}


def test_short_names_are_left_alone() -> None:
    assert not can_be_mistyped("It: 2!")
    assert can_be_mistyped("Alien")

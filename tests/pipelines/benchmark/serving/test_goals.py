"""A goal says what was wanted and what came; what could not be measured is not met."""

from typing import Literal

import pytest

from pipelines.benchmark.serving.goals import GIB, Goal, goals

ROWS = {
    "uncached": {"requests_per_second": 210.0, "p99_ms": 48.0},
    "bare": {"requests_per_second": 3000.0},
    "cached": {"requests_per_second": 2200.0},
    "bare-similar": {"requests_per_second": 4000.0},
    "similar": {"requests_per_second": 1000.0},
    "faiss": {"requests_per_second": 900.0},
    "retrieval": {"requests_per_second": 600.0},
}


def test_each_goal_is_judged_by_its_rows() -> None:
    found = goals(ROWS, GIB)
    # 2,200 of 3,000; 1,000 of 4,000; 900 against 600 a second is 1.5 times as long.
    assert [one.got for one in found] == [48.0, 210.0, 2200 / 3000, 0.25, 1.5, 1.0]
    assert [one.met for one in found] == [True, True, True, False, True, True]


@pytest.mark.parametrize(("sign", "got"), [("<=", 2.0), (">=", 2.0), (">=", 2.5), ("<=", 0.0)])
def test_what_is_reached_is_met(sign: Literal["<=", ">="], got: float) -> None:
    assert Goal("some", sign, 2.0, got).met


@pytest.mark.parametrize(("sign", "got"), [("<=", 2.1), (">=", 1.9), ("<=", None), (">=", None)])
def test_what_is_not_reached_or_not_measured_is_not(
    sign: Literal["<=", ">="], got: float | None
) -> None:
    assert not Goal("some", sign, 2.0, got).met


def test_a_program_reads_it() -> None:
    assert Goal("some", "<=", 1.5, 2.0).as_json() == {
        "goal": "some",
        "wanted": "<= 1.5",
        "got": 2.0,
        "met": False,
    }

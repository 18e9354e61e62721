"""A percentile is a value that was measured, and an answer that never came is no fast one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.benchmark.serving.latency import percentiles

seconds = st.lists(st.floats(0, 10), min_size=1, max_size=300)


def test_the_values_are_those_at_the_ranks() -> None:
    found = percentiles([number / 1000 for number in range(1000, 0, -1)])
    # Of 1,000 values the 500th, the 990th and the 999th.
    assert found == {"p50_ms": 500.0, "p99_ms": 990.0, "p999_ms": 999.0}


@given(seconds)
def test_so_large_a_share_is_no_slower(taken: list[float]) -> None:
    found = percentiles(taken)
    for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("p999_ms", 0.999)):
        value = found[name]
        assert value is not None
        assert sum(1e3 * one <= value for one in taken) >= share * len(taken)
        assert value in [1e3 * one for one in taken]


@pytest.mark.parametrize("taken", [[], [math.inf], [0.001, math.inf]])
def test_what_never_came_is_told(taken: list[float]) -> None:
    assert percentiles(taken)["p99_ms"] is None

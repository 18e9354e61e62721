"""A number keeps its first digits, and no more of it."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.privacy.digits import significant

numbers = st.floats(1e-12, 1e12) | st.floats(-1e12, -1e-12) | st.just(0.0)


@given(st.lists(numbers | st.none()), st.integers(1, 6))
def test_a_number_is_off_by_half_a_digit_at_most(given: list[float | None], digits: int) -> None:
    rounded = significant(pa.array(given, pa.float64()), digits).to_pylist()
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN)
    for number, got in zip(given, rounded, strict=True):
        if number is None:
            assert got is None
        else:
            assert got == float(f"{got:.{digits - 1}e}")
            exact = float(context.create_decimal(Decimal(number)))
            assert abs(got - number) <= abs(exact - number) * (1 + 1e-9) + abs(number) * 1e-15


def test_what_is_too_small_for_digits_is_unknown() -> None:
    assert significant(pa.array([5e-324, -5e-324]), 2).to_pylist() == [None, None]


@pytest.mark.parametrize("digits", [1, 2])
def test_chunks_and_no_rows_make_no_difference(digits: int) -> None:
    assert significant(pa.chunked_array([[0.5], [0.02]]), digits).to_pylist() == [0.5, 0.02]
    assert significant(pa.array([], pa.float64()), digits).to_pylist() == []

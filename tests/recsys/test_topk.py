"""The best few are those that a full sort would put first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from recsys.errors import InputError
from recsys.topk import WIDE, checked_mask, top_k

# Few different values, so that ties at the edge are common.
scores = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=12),
    elements=st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0]),
)


@given(scores, st.integers(1, 15))
def test_it_equals_a_stable_sort_of_each_row(matrix: np.ndarray, k: int) -> None:
    ids, best = top_k(matrix, k)
    assert ids.shape == best.shape == (len(matrix), k)
    assert ids.dtype == np.int32
    for row, found, values in zip(matrix, ids, best, strict=True):
        expected = [i for i in np.argsort(-row, kind="stable")[:k] if row[i] > -np.inf]
        padding = k - len(expected)
        assert found.tolist() == expected + [-1] * padding
        assert values.tolist() == row[expected].tolist() + [-np.inf] * padding


@given(
    st.integers(WIDE, WIDE + 70),
    st.integers(1, 300),
    st.sampled_from([[-np.inf, 0.0], [-np.inf, 0.0, 0.5, 2.0], [0.0, 1.0], None]),
    st.integers(0, 100),
)
def test_a_long_row_is_cut_as_a_sort_would(
    n: int, k: int, few: list[float] | None, seed: int
) -> None:
    random = np.random.default_rng(seed)
    odds = None if few is None else np.array([0.99, *[0.01 / (len(few) - 1)] * (len(few) - 1)])
    row = random.standard_normal(n) if few is None else random.choice(few, n, p=odds)
    ids, best = top_k(row[None].astype(np.float32), k)
    expected = [
        i for i in np.argsort(-row.astype(np.float32), kind="stable")[:k] if row[i] > -np.inf
    ]
    assert ids[0].tolist() == expected + [-1] * (k - len(expected))
    assert best[0, : len(expected)].tolist() == row[expected].astype(np.float32).tolist()


def test_the_scores_are_left_as_they_were() -> None:
    matrix = np.array([[3, 1, 2]], np.float32)
    top_k(matrix, 2)
    assert matrix.tolist() == [[3, 1, 2]]


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="NaN"):
        top_k(np.array([[0.0, np.nan]], np.float32), 1)


def test_at_least_one_must_be_asked_for() -> None:
    with pytest.raises(InputError, match="at least 1, got 0"):
        top_k(np.zeros((1, 3), np.float32), 0)


@pytest.mark.parametrize("mask", [np.ones(3, bool), np.ones((2, 3), bool)])
def test_a_mask_is_one_for_all_or_one_each(mask: np.ndarray) -> None:
    assert checked_mask(mask, (2, 3), "here") is mask


@pytest.mark.parametrize("mask", [np.ones(2, bool), np.ones((3, 3), bool), np.ones(3, int)])
def test_another_mask_is_refused(mask: np.ndarray) -> None:
    with pytest.raises(InputError, match="here: expected bool"):
        checked_mask(mask, (2, 3), "here")

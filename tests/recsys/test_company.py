"""Titles that stand close together in histories become near vectors."""

import numpy as np

from recsys.company import company
from recsys.interactions import Histories


def test_titles_of_one_company_are_near_and_others_are_not() -> None:
    # Two circles of titles that never meet, each viewer walking around one.
    walks = [
        [(start + step) % 8 + 8 * circle for step in range(20)]
        for start in range(8)
        for circle in (0, 1)
    ]
    vectors = company(Histories.of(walks, 16), 16, seed=0)
    likeness = vectors @ vectors.T
    own, other = likeness[:8, :8], likeness[:8, 8:]
    assert own.mean() > 10 * np.abs(other).max()
    np.testing.assert_allclose(other, 0, atol=1e-5)
    np.testing.assert_allclose((vectors**2).sum(axis=1).mean(), 1, rtol=1e-5)


def test_who_meets_nobody_stands_nowhere() -> None:
    assert not company(Histories.of([[0], [1], []], 3), 2, seed=0).any()
    assert company(Histories.of([[0, 1]], 2), 5, seed=0).shape == (2, 5)

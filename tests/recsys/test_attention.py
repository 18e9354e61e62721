"""No place of a history looks at a later one or at an empty one."""

import numpy as np

from recsys.attention import HIDDEN, encode, hide, start

WEIGHTS = start(9, width=4, blocks=2, heads=2, length=6, seed=0)


def read(titles: list[int], *, empty: int = 0) -> np.ndarray:
    filled = np.array([[False] * empty + [True] * len(titles)])
    padded = np.array([[0] * empty + titles])
    return encode(np, WEIGHTS, padded, hide(filled))[0, empty:]


def test_what_comes_later_or_is_empty_changes_nothing() -> None:
    short, longer = read([1, 2, 3]), read([1, 2, 3, 4])
    np.testing.assert_allclose(short, longer[:3], atol=1e-6)
    np.testing.assert_allclose(short, read([1, 2, 3], empty=2), atol=1e-6)


def test_the_order_of_a_history_counts() -> None:
    assert np.abs(read([1, 2, 3])[-1] - read([2, 1, 3])[-1]).max() > 1e-4


def test_a_place_sees_itself_and_what_is_before_it() -> None:
    seen = hide(np.array([[False, True, True]]))[0, 0] == 0
    assert seen.tolist() == [
        [False, False, False], [False, True, False], [False, True, True],
    ]  # fmt: skip
    assert HIDDEN < -1e6

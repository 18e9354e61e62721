"""What is known of a target is what is declared: so many titles, so many wrong, dates within the error."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recsys.interactions import Histories
from recsys.privacy.attack.knowledge import Knowledge, Which, known_of

LIFE = [5, 3, 8, 1, 9, 0, 7]
POPULARITY = np.array([9, 1, 4, 2, 6, 3, 5, 8, 7, 4])


def life() -> Histories:
    made = Histories.of([[2, 4], LIFE], 10)
    at = np.datetime64("2024-01-01", "s") + np.arange(9).astype("timedelta64[D]")
    return replace(made, occurred_at=at, first_at=at)


def first_day(whole: Histories, title: int) -> int:
    row = 2 + LIFE.index(title)
    return int(whole.occurred_at[row].astype("datetime64[D]").astype(np.int64))


@given(
    st.integers(1, 4),
    st.integers(0, 2),
    st.floats(0, 30),
    st.sampled_from(["any", "rare", "row"]),
    st.integers(0, 99),
)
def test_titles_and_dates_are_as_declared(
    right: int, wrong: int, days: float, which: Which, seed: int
) -> None:
    whole, knowledge = life(), Knowledge(right + wrong, wrong, days, which)
    known = known_of(whole, 1, knowledge, POPULARITY, np.random.default_rng(seed))
    titles = known.titles.tolist()
    assert len(set(titles)) == right + wrong
    assert sum(title in LIFE for title in titles) == right
    for title, day in zip(titles[:right], known.days[:right], strict=True):
        assert abs(day - first_day(whole, title)) <= days


def test_rare_ones_are_those_that_fewest_watch() -> None:
    known = known_of(life(), 1, Knowledge(3, which="rare"), POPULARITY, np.random.default_rng(0))
    assert sorted(known.titles.tolist()) == [1, 3, 5]


def test_a_row_is_watched_one_after_another() -> None:
    known = known_of(life(), 1, Knowledge(3, which="row"), POPULARITY, np.random.default_rng(0))
    start = LIFE.index(int(known.titles[0]))
    assert known.titles.tolist() == LIFE[start : start + 3]

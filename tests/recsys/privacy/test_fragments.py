"""A life of watching in pieces: short, in order, of one viewer each, and never with finer dates than declared."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.interactions import Histories
from recsys.privacy.fragments import Cut, fragmented

START = np.datetime64("2024-03-09T21:00:00", "s")
lives = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 90)), max_size=12), max_size=5
)
cuts = st.builds(Cut, st.integers(1, 6), st.integers(1, 40), st.integers(1, 30), st.integers(1, 3))


def histories(lives: list[list[tuple[int, int]]]) -> Histories:
    """Return viewers who watched titles so many days after the start."""
    told = [sorted(dict(life).items(), key=lambda one: one[1]) for life in lives]
    made = Histories.of([[title for title, _ in life] for life in told], n_titles=31)
    at = START + np.array([day for life in told for _, day in life], "timedelta64[D]")
    return replace(made, occurred_at=at, first_at=at)


@given(lives, cuts)
def test_fragments_are_what_is_common_in_its_order_and_each_of_one_viewer(
    lives: list[list[tuple[int, int]]], cut: Cut
) -> None:
    whole = histories(lives)
    pieces, owners = fragmented(whole, cut)
    support = np.bincount(whole.titles, minlength=31)
    kept = support[whole.titles] >= cut.viewers
    assert pieces.titles.tolist() == whole.titles[kept].tolist()
    assert np.repeat(owners, pieces.lengths).tolist() == whole.viewers[kept].tolist()
    assert pieces.lengths.min(initial=1) >= 1


@given(lives, cuts)
def test_no_fragment_is_longer_than_declared_nor_dated_finer(
    lives: list[list[tuple[int, int]]], cut: Cut
) -> None:
    whole = histories(lives)
    pieces, _ = fragmented(whole, cut)
    assert pieces.lengths.max(initial=0) <= cut.titles
    kept = np.bincount(whole.titles, minlength=31)[whole.titles] >= cut.viewers
    real = whole.occurred_at[kept].astype("datetime64[D]")
    for begin, end in zip(pieces.offsets[:-1], pieces.offsets[1:], strict=True):
        assert real[end - 1] - real[begin] <= np.timedelta64(cut.days, "D")
        assert len(set(pieces.occurred_at[begin:end].tolist())) == 1
    days = pieces.occurred_at.astype("datetime64[D]").astype(np.int64)
    assert not (days % cut.dates).any()
    assert (pieces.first_at == pieces.occurred_at).all()


def test_a_title_that_few_have_is_left_out() -> None:
    pieces, _ = fragmented(
        histories([[(1, 0), (2, 1)], [(1, 0)]]), Cut(titles=5, days=5, viewers=2)
    )
    assert pieces.titles.tolist() == [1, 1]


def test_a_cut_below_one_is_refused() -> None:
    with pytest.raises(InputError, match="cut, titles"):
        Cut(titles=0, days=1)

"""Lessons ask about the future with the past alone."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.interactions import Histories, Interactions
from recsys.ranking.lessons import cold, edges, lessons, sample
from recsys.schema import DEVICE_TYPES
from tests import worlds


def drawn(seed: int) -> Interactions:
    return worlds.small_world(seed)[0]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500), stretches=st.integers(1, 5))
def test_a_history_ends_where_what_is_asked_begins(seed: int, stretches: int) -> None:
    histories = drawn(seed).histories
    moments = edges(histories, 0.4, stretches)
    for lesson in lessons(histories, moments, seed=0):
        past, future = lesson.histories, lesson.held_out
        assert (past.lengths > 0).all()
        assert (future.lengths > 0).all()
        last = past.occurred_at[past.offsets[1:] - 1]
        first = future.occurred_at[future.offsets[:-1]]
        assert (last < lesson.moments).all()
        assert (last <= first).all()
        assert (first >= lesson.start).all()
        seen = set(zip(past.viewers.tolist(), past.titles.tolist(), strict=True))
        asked = set(zip(future.viewers.tolist(), future.titles.tolist(), strict=True))
        assert not seen & asked


def test_what_is_watched_again_was_no_answer_but_known() -> None:
    day = np.datetime64("2024-01-01", "s") + np.arange(6) * np.timedelta64(1, "D")
    one = Histories.of([[0, 1, 2, 3]], 4)
    # Title 0 was watched on day 0 and again on day 5.
    watched = replace(one, first_at=day[[1, 2, 3, 0]], occurred_at=day[[1, 2, 3, 5]])
    watched = replace(watched, titles=np.array([1, 2, 3, 0], np.int32))
    returning = next(iter(lessons(watched.by_first(), day[[2, 5]], seed=0)))
    assert returning.histories.titles.tolist() == [0, 1]
    assert returning.held_out.titles.tolist() == [2, 3]


def test_who_is_new_in_a_stretch_has_no_past_before_it() -> None:
    histories = drawn(1).histories
    for start, new in cold(histories, edges(histories, 0.95, 4)):
        assert (new.occurred_at >= start).all()


def test_a_sample_keeps_histories_and_answers_together() -> None:
    histories = drawn(2).histories
    whole = next(iter(lessons(histories, edges(histories, 0.4, 2), seed=0)))
    few = sample(whole, 5, seed=3)
    assert len(few.viewers) == 5
    for row, viewer in enumerate(few.viewers):
        at = whole.viewers.tolist().index(viewer)
        one, other = (
            lesson.held_out.take(slice(r, r + 1)).titles.tolist()
            for lesson, r in ((few, row), (whole, at))
        )
        assert one == other


def test_each_stretch_holds_as_much_as_another() -> None:
    histories = drawn(3).histories
    moments = edges(histories, 0.5, 5)
    counts = [
        int(((histories.occurred_at >= a) & (histories.occurred_at < b)).sum())
        for a, b in pairwise(moments)
    ]
    assert max(counts) - min(counts) <= 1
    assert abs(sum(counts) - 300) <= 1  # half of 600 entries
    assert moments[-1] == histories.occurred_at.max()
    assert np.all(np.diff(moments) > np.timedelta64(0, "s"))


def test_every_other_viewer_asks_on_the_device_on_which_the_next_title_is_watched() -> None:
    histories = drawn(1).histories
    devices = np.random.default_rng(0).integers(-1, len(DEVICE_TYPES), len(histories.titles))
    on = replace(histories, devices=devices.astype(np.int8))
    named = [*DEVICE_TYPES, ""]
    for at, lesson in enumerate(lessons(on, edges(on, 0.4, 2), seed=0)):
        future = lesson.held_out
        assert future.devices is not None
        following = [
            named[one] if viewer % 2 == 0 else ""
            for viewer, one in zip(lesson.viewers, future.devices[future.offsets[:-1]], strict=True)
        ]
        assert lesson.devices.tolist() == (following if at % 2 else [""] * len(following))
        some = sample(lesson, 3, seed=1)
        rows = np.searchsorted(lesson.viewers, some.viewers)
        assert some.devices.tolist() == lesson.devices[rows].tolist()
    for lesson in lessons(histories, edges(histories, 0.4, 2), seed=0):
        assert set(lesson.devices.tolist()) == {""}

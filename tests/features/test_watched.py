"""What was really watched: time that passed while the position moved on, and nothing that was skipped."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from features.watched import FASTEST, SLACK_SECONDS, Stood, portion, seconds, spans

START = datetime(2026, 5, 1, 20, tzinfo=UTC)


def at(second: float, position: float, kind: str = "progress", session: str = "s") -> Stood:
    return Stood(session, START + timedelta(seconds=second), kind, position)


def test_playing_through_is_watching_all() -> None:
    events = [at(0, 0, "play"), *(at(10 * n, 10 * n) for n in range(1, 11))]
    assert spans(events) == [(0, 100)]
    assert portion(events, 200) == 0.5


def test_what_is_skipped_is_not_watched() -> None:
    events = [at(0, 0, "play"), at(60, 60), at(61, 900, "seek"), at(91, 930, "complete")]
    assert spans(events) == [(0, 60), (900, 930)]


def test_a_jump_that_nobody_told_of_is_no_watching() -> None:
    assert spans([at(0, 0, "play"), at(10, 500)]) == []
    edge = FASTEST * 10 + SLACK_SECONDS
    assert spans([at(0, 0, "play"), at(10, edge)]) == [(0, edge)]
    assert spans([at(0, 0, "play"), at(10, edge + 1)]) == []


def test_watching_again_does_not_count_twice() -> None:
    events = [at(0, 0, "play"), at(60, 60), at(61, 0, "seek"), at(121, 60), at(151, 90)]
    assert seconds(spans(events)) == 90


def test_another_sitting_goes_on_from_its_own_place() -> None:
    events = [at(0, 0, "play"), at(60, 60), at(100, 90, session="t"), at(160, 150, session="t")]
    assert spans(events) == [(0, 60), (90, 150)]


def test_of_a_title_of_unknown_length_no_share_is_known() -> None:
    events = [at(0, 0, "play"), at(60, 60)]
    assert portion(events, None) is None
    assert portion(events, 0.0) is None
    assert portion(events[:1], 100) is None
    assert portion(events, 30) == 1.0


places = st.tuples(st.floats(0, 5000), st.floats(0, 5000), st.sampled_from(["progress", "seek"]))


@given(st.lists(places, max_size=12))
def test_no_more_is_watched_than_could_be(told: list[tuple[float, float, str]]) -> None:
    events = [at(second, position, kind) for second, position, kind in told]
    found = spans(events)
    assert spans(reversed(events)) == found or len({one.occurred_at for one in events}) < len(
        events
    )
    assert all(begin < end for begin, end in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    passed = max((one[0] for one in told), default=0) - min((one[0] for one in told), default=0)
    assert seconds(found) <= FASTEST * passed + SLACK_SECONDS * max(len(told) - 1, 0) + 1e-6

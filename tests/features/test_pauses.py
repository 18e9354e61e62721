"""What is done in a pause is seen and weighs nothing; what it held before weighs as before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from features.interactions import Engagement, histories_of
from features.pauses import NEVER, Pauses, paused_history
from features.states import State
from recsys.ids import IdMap

START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=20)
IDS = IdMap(["a", "b", "c", "series"])
SERIES = {"e1": "series", "e2": "series"}


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def moment(number: int) -> int:
    return int(day(number).timestamp() * 1_000_000)


def watched(**portions: tuple[float, int]) -> Engagement:
    return Engagement.of(
        (title, State(watched_portion=portion, last_at=day(at)))
        for title, (portion, at) in portions.items()
    )


def heard(engagement: Engagement, pauses: Pauses) -> dict[str, float]:
    history = paused_history(engagement, pauses, IDS, SERIES, NOW)
    return dict(zip(IDS.values[history.titles].tolist(), history.weights.tolist(), strict=True))


def test_who_never_paused_has_the_usual_history() -> None:
    whole = watched(a=(0.5, 1), b=(1.0, 2))
    usual = histories_of(whole, IDS, SERIES, NOW)
    ours = paused_history(whole, NEVER, IDS, SERIES, NOW)
    assert ours.titles.tolist() == usual.titles.tolist()
    assert ours.weights.tolist() == usual.weights.tolist()


def test_what_came_in_a_pause_is_seen_and_weighs_nothing() -> None:
    told = heard(watched(a=(0.5, 1), b=(1.0, 6)), Pauses.of([(moment(5), None)], watched()))
    assert list(told) == ["a", "b"]
    assert told["a"] > 0
    assert told["b"] == 0


def test_a_pause_ends() -> None:
    pauses = Pauses.of([(moment(5), moment(7))], watched())
    told = heard(watched(a=(1.0, 4), b=(1.0, 6), c=(1.0, 7)), pauses)
    assert {title for title, weight in told.items() if weight} == {"a", "c"}
    assert not pauses.lasts
    assert Pauses.of([(moment(5), None)], watched()).lasts


def test_a_title_taken_up_again_in_a_pause_is_as_it_was_before() -> None:
    kept = watched(a=(0.25, 1))
    pauses = Pauses.of([(moment(5), None)], kept)
    told = heard(watched(a=(1.0, 6)), pauses)
    assert told == heard(kept, NEVER)
    # Once it is taken up after the pause it counts as a whole.
    over = replace(pauses, ended=np.array([day(7).replace(tzinfo=None)], "M8[us]"))
    assert heard(watched(a=(1.0, 8)), over) == heard(watched(a=(1.0, 8)), NEVER)


def test_of_a_series_the_episodes_of_before_count() -> None:
    told = heard(watched(e1=(1.0, 1), e2=(1.0, 6)), Pauses.of([(moment(5), None)], watched()))
    assert told == heard(watched(e1=(1.0, 1)), NEVER)

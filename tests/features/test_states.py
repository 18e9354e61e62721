"""States follow from events in any order; what was dismissed is wanted again once it is watched again."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import numpy as np

from features.interactions import Engagement, histories_of
from features.states import State, states
from recsys.ids import IdMap

START = datetime(2024, 1, 1, tzinfo=UTC)
SERIES = {"e1": "series", "e2": "series"}


@dataclass(frozen=True)
class Event:
    event_type: str
    days: int = 0
    value: float | None = None
    watched_portion: float | None = None
    title_id: str | None = "t"
    event_id: str = ""

    @property
    def occurred_at(self) -> datetime:
        return START + timedelta(days=self.days)


def told(*events: Event) -> list[Event]:
    return [replace(event, event_id=event.event_id or str(at)) for at, event in enumerate(events)]


def dismissed(*events: Event) -> dict[str, bool]:
    whole = Engagement.of(states(told(*events)).items())
    return dict(zip(whole.title_ids, whole.dismissed.tolist(), strict=True))


def test_the_order_of_arrival_does_not_matter() -> None:
    events = told(
        Event("play", 0, watched_portion=0.3),
        Event("rating", 1, 2.0),
        Event("rating", 1, 4.5),
        Event("watchlist_add", 2),
        Event("watchlist_remove", 2),
        Event("dismiss", 3),
    )
    expected = {
        "t": State(
            watched_portion=0.3,
            rating=4.5,
            watchlisted=True,
            last_at=START + timedelta(days=2),
            watched_at=START,
            dismissed_at=START + timedelta(days=3),
        )
    }
    assert all(states(order) == expected for order in permutations(events))


def test_the_same_event_counts_once() -> None:
    once = Event("rating", 0, 3.0, event_id="same")
    assert states([once, replace(once, value=5.0)])["t"].rating == 3.0


def test_what_was_dismissed_is_wanted_again_once_it_is_watched_again() -> None:
    assert dismissed(Event("play", 0), Event("dismiss", 1)) == {"t": True}
    assert dismissed(Event("play", 0), Event("dismiss", 1), Event("seek", 2)) == {"t": False}
    assert dismissed(Event("play", 0), Event("dismiss", 1), Event("rating", 2, 4.0)) == {"t": True}
    assert dismissed(Event("dismiss", 1)) == {"t": True}
    assert dismissed(Event("play", 0)) == {"t": False}


def test_a_series_is_dismissed_with_one_of_its_episodes() -> None:
    events = (Event("play", 0, title_id="e1"), Event("dismiss", 1, title_id="e1"))
    rolled = Engagement.of(states(told(*events)).items()).rolled(SERIES)
    assert rolled.dismissed.tolist() == [True]
    later = Event("play", 2, title_id="e2")
    again = Engagement.of(states(told(*events, later)).items()).rolled(SERIES)
    assert again.dismissed.tolist() == [False]


def test_what_was_dismissed_alone_is_not_in_the_history() -> None:
    whole = Engagement.of(states(told(Event("dismiss"), Event("play", title_id="u"))).items())
    history = histories_of(whole, IdMap(["t", "u"]), {}, START)
    assert history.titles.tolist() == [1]
    assert np.isnat(whole.last_at).tolist() == [True, False]

"""Where a viewer may go on: the last title begun, the episode after the last one finished."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from features.interactions import Engagement
from features.progress import Episodes, own_of
from features.states import State
from recsys.ids import IdMap
from recsys.page.own import Own
from recsys.schema import TITLES

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def episode(series: str, season: int, number: int) -> dict[str, object]:
    place = {"season_number": season, "episode_number": number}
    of = {"title_id": f"{series}e{season}{number}", "title_type": "episode", "series_id": series}
    return {**of, **place, "name": "An episode"}


CATALOG = pa.Table.from_pylist(
    [
        {"title_id": "film", "title_type": "movie", "name": "A film"},
        {"title_id": "other", "title_type": "movie", "name": "Another"},
        {"title_id": "s", "title_type": "series", "name": "A series"},
        *[episode("s", *place) for place in [(2, 1), (1, 2), (1, 1)]],
    ],
    schema=TITLES,
)
IDS = IdMap(["film", "other", "s"])
EPISODES = Episodes.of(CATALOG)


def own(**states: dict[str, Any]) -> Own:
    made = [
        (title, State(**{"last_at": NOW - timedelta(days=said.pop("days", 1))} | said))
        for title, said in states.items()
    ]
    return own_of(Engagement.of(made), IDS, EPISODES, NOW)


def going_on(**states: dict[str, Any]) -> dict[str, tuple[str, float]]:
    return {
        str(IDS.values[one.title]): (one.content_id, one.portion) for one in own(**states).begun
    }


def test_episodes_follow_each_other_over_seasons() -> None:
    assert EPISODES.following == {"se11": "se12", "se12": "se21"}


@pytest.mark.parametrize(
    ("portion", "begun"), [(0.05, False), (0.1, True), (0.89, True), (0.9, False), (None, False)]
)
def test_a_film_is_begun_at_a_tenth_and_finished_at_nine(portion: float, *, begun: bool) -> None:
    expected = {"film": ("film", portion)} if begun else {}
    assert going_on(film={"watched_portion": portion}) == expected


def test_a_film_that_was_completed_is_not_gone_on_with_whatever_the_player_said() -> None:
    assert going_on(film={"watched_portion": 0.5, "completed": True}) == {}


def test_after_an_episode_comes_the_next_and_after_the_last_none() -> None:
    assert going_on(se11={"watched_portion": 0.95}) == {"s": ("se12", 0.0)}
    assert going_on(se12={"completed": True}) == {"s": ("se21", 0.0)}
    assert going_on(se21={"completed": True}) == {}


def test_a_series_is_one_entry_where_it_was_watched_last() -> None:
    watched = {"se11": {"watched_portion": 0.95, "days": 2}, "se12": {"watched_portion": 0.4}}
    assert going_on(**watched) == {"s": ("se12", 0.4)}
    # Who goes back to an episode goes on from there.
    watched = {"se11": {"watched_portion": 0.5}, "se12": {"watched_portion": 0.4, "days": 2}}
    assert going_on(**watched) == {"s": ("se11", 0.5)}


def test_the_latest_comes_first() -> None:
    watched = {"film": {"watched_portion": 0.5, "days": 3}, "other": {"watched_portion": 0.5}}
    assert list(going_on(**watched)) == ["other", "film"]


def test_the_list_and_what_was_finished_and_not_disliked_are_the_viewers_own() -> None:
    found = own(
        film={"completed": True, "watchlisted": True},
        other={"completed": True, "thumb": -1.0},
        se21={"completed": True, "days": 9},
    )
    assert IDS.external(found.listed).tolist() == ["film"]
    assert IDS.external(found.finished).tolist() == ["film", "s"]
    assert [str(one)[:10] for one in found.finished_at] == ["2026-02-28", "2026-02-20"]


def test_what_left_the_catalog_is_nobodys() -> None:
    found = own(gone={"watched_portion": 0.5, "watchlisted": True, "completed": True})
    assert not found.begun
    assert not len(found.listed)
    assert not len(found.finished)


def test_what_was_put_away_is_not_gone_on_with_until_it_is_watched_again() -> None:
    began, later = NOW - timedelta(days=3), NOW - timedelta(days=1)
    film = {"watched_portion": 0.4, "watched_at": began, "dismissed_at": later}
    assert going_on(film=film) == {}
    assert going_on(film=film | {"watched_at": NOW}) == {"film": ("film", 0.4)}
    # A series is put away with one of its episodes, or as itself.
    for name in ("se11", "s"):
        states = {"se11": {"watched_portion": 0.4, "watched_at": began}}
        states[name] = states.get(name, {"last_at": None}) | {"dismissed_at": later}
        assert going_on(**states) == {}


def test_what_was_dismissed_is_not_gone_on_with_until_it_is_watched_again() -> None:
    begun = {"watched_portion": 0.5, "watched_at": NOW - timedelta(days=3)}
    assert going_on(film=begun | {"dismissed_at": NOW - timedelta(days=1)}) == {}
    again = {"watched_at": NOW - timedelta(days=1), "dismissed_at": NOW - timedelta(days=3)}
    assert going_on(film=begun | again) == {"film": ("film", 0.5)}


def test_a_series_of_which_an_episode_is_left_is_not_watched_to_the_end() -> None:
    assert not len(own(se11={"completed": True}).finished)
    assert IDS.external(own(se21={"completed": True}).finished).tolist() == ["s"]


def test_an_opinion_given_later_is_no_watching() -> None:
    watched = {"watched_portion": 0.5, "watched_at": NOW - timedelta(days=30)}
    (begun,) = own(film=watched | {"thumb": 1.0, "days": 1}).begun
    assert str(begun.last_at)[:10] == "2026-01-30"


def test_an_episode_that_cannot_be_watched_now_is_passed_over() -> None:
    closed = {"se12": {"available_from": NOW + timedelta(days=3)}}
    rows = [row | closed.get(row["title_id"], {}) for row in CATALOG.to_pylist()]
    episodes = Episodes.of(pa.Table.from_pylist(rows, TITLES))
    done = State(watched_portion=1.0, completed=True, last_at=NOW, watched_at=NOW)
    found = own_of(Engagement.of([("se11", done)]), IDS, episodes, NOW)
    assert [one.content_id for one in found.begun] == ["se21"]
    half = State(watched_portion=0.5, last_at=NOW, watched_at=NOW)
    assert not own_of(Engagement.of([("se12", half)]), IDS, episodes, NOW).begun

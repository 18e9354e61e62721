"""Events become interactions, alike in a batch and in a request, and never from the future."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.interactions import Engagement, build, histories_of
from features.states import State, absorb
from features.weights import POLICY
from recsys.interactions import Interactions
from recsys.schema import INTERACTIONS, LAKE_EVENTS, TITLES, EventType
from recsys.titles import Titles

START = datetime(2024, 1, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=10)
SERIES = {"episode1": "series", "episode2": "series"}
CATALOG = ("episode1", "episode2", "movie", "series", "short")

Event = tuple[str, str, str, float, float | None, float | None]


def event_table(rows: list[Event]) -> pa.Table:
    """Return LAKE_EVENTS of (viewer, type, title, days since START, value, portion), in order."""
    records = [
        {
            "pseudonym": viewer,
            "sequence": sequence,
            "event_type": kind,
            "title_id": title,
            "occurred_at": START + timedelta(days=days),
            "value": value,
            "watched_portion": portion,
            "region": "NO",
        }
        for sequence, (viewer, kind, title, days, value, portion) in enumerate(rows)
    ]
    return pa.Table.from_pylist(records, schema=LAKE_EVENTS)


def catalog() -> pa.Table:
    rows = [
        {
            "title_id": title,
            "title_type": "episode" if title in SERIES else "movie",
            "name": title,
            "series_id": SERIES.get(title),
        }
        for title in CATALOG
    ]
    return pa.Table.from_pylist(rows, schema=TITLES)


def weights(rows: list[Event], as_of: datetime = AS_OF) -> dict[str, float]:
    table = build(event_table(rows), catalog(), as_of)
    assert table.schema.equals(INTERACTIONS)
    return dict(zip(table["title_id"].to_pylist(), table["weight"].to_pylist(), strict=True))


def faded(days: float) -> float:
    return 0.5 ** (days / POLICY.half_life_days)


def test_what_was_only_shown_or_searched_for_is_no_interaction() -> None:
    assert (
        weights(
            [("v", "impression", "movie", 0, None, None), ("v", "search", "short", 0, None, None)]
        )
        == {}
    )


def test_the_weight_is_the_portion_watched_less_for_age() -> None:
    rows: list[Event] = [
        ("v", "progress", "movie", 8, None, 0.6),
        ("v", "play", "short", 10 - 1, None, None),
    ]
    assert weights(rows) == pytest.approx({"movie": 0.6 * faded(2), "short": 0.1 * faded(1)})


def test_a_rating_is_a_watch_and_counts_more_the_higher() -> None:
    rows: list[Event] = [
        ("v", "rating", "movie", 10 - 1, 5.0, None),
        ("v", "rating", "short", 10 - 1, 0.5, None),
    ]
    assert weights(rows) == pytest.approx({"movie": 1.0 * faded(1), "short": 0.55 * faded(1)})


def test_a_thumb_down_is_weight_nought_and_yet_seen() -> None:
    rows: list[Event] = [
        ("v", "complete", "movie", 1, None, None),
        ("v", "thumb", "movie", 2, -1.0, None),
    ]
    assert weights(rows) == {"movie": 0.0}


def test_the_last_word_counts() -> None:
    rows: list[Event] = [
        ("v", "watchlist_add", "movie", 9, None, None),
        ("v", "watchlist_remove", "movie", 9, None, None),
        ("v", "rating", "short", 9, 1.0, None),
        ("v", "rating", "short", 9, 4.0, None),
    ]
    assert weights(rows) == pytest.approx({"movie": 0.1 * faded(1), "short": 0.9 * faded(1)})


def test_episodes_count_to_their_series_and_more_of_them_count_more() -> None:
    rows: list[Event] = [
        ("v", "complete", "episode1", 9, None, None),
        ("v", "progress", "episode2", 9, None, 0.5),
    ]
    assert weights(rows) == pytest.approx({"series": (1 + 0.25 * np.log(2)) * faded(1)})


def test_old_interest_never_falls_below_the_floor() -> None:
    rows: list[Event] = [("v", "complete", "movie", 0, None, None)]
    assert weights(rows, START + timedelta(days=9_000)) == pytest.approx({"movie": 0.5})


def test_a_dismissal_is_no_interaction_and_leaves_what_there_is_as_it_was() -> None:
    watched: Event = ("v", "progress", "movie", 8, None, 0.6)
    put_away: list[Event] = [
        ("v", "dismiss", "movie", 9, None, None),
        ("v", "dismiss", "short", 9, None, None),
    ]
    assert weights([watched, *put_away]) == weights([watched])


kinds = st.sampled_from([kind.value for kind in EventType])
rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        kinds,
        st.sampled_from([title for title in CATALOG if title != "series"]),
        st.integers(0, 10 * 86_400 - 1).map(lambda seconds: seconds / 86_400),
        st.sampled_from([-1.0, 0.5, 1.0, 3.5]),
        st.none() | st.floats(0, 1),
    ),
    max_size=25,
).map(lambda drawn: [_sensible(row) for row in sorted(drawn, key=lambda row: row[3])])


def _sensible(row: Event) -> Event:
    viewer, kind, title, days, value, portion = row
    said = {"rating": abs(value or 0), "thumb": np.sign(value or 0)}.get(kind)
    watched = portion if kind in {"play", "pause", "progress", "complete"} else None
    return viewer, kind, title, days, None if said is None else float(said), watched


@settings(max_examples=8, deadline=None)
@given(rows=rows)
def test_a_request_and_a_batch_give_the_same_interactions(rows: list[Event]) -> None:
    batch = build(event_table(rows), catalog(), AS_OF)
    titles = Titles.from_table(catalog())
    expected = Interactions.from_table(batch, titles.ids)
    for row, viewer in enumerate(expected.viewer_ids.values):
        states: dict[str, State | None] = {}
        for who, kind, title, days, value, portion in rows:
            if who == viewer:
                states[title] = absorb(
                    states.get(title),
                    kind,
                    START + timedelta(days=days),
                    value=value,
                    watched_portion=portion,
                )
        engaged = Engagement.of((title, s) for title, s in states.items() if s is not None)
        history = histories_of(engaged, titles.ids, SERIES, AS_OF, region="NO")
        own = expected.histories.take(slice(row, row + 1))
        order, own_order = np.argsort(history.titles), np.argsort(own.titles)
        assert history.titles[order].tolist() == own.titles[own_order].tolist()
        np.testing.assert_allclose(history.weights[order], own.weights[own_order], rtol=1e-5)
        np.testing.assert_array_equal(
            history.watched_portion[order], own.watched_portion[own_order]
        )
        assert (history.occurred_at == own.occurred_at).all()


@settings(max_examples=8, deadline=None)
@given(rows=rows, later=rows)
def test_no_interaction_sees_an_event_at_or_after_its_moment(
    rows: list[Event], later: list[Event]
) -> None:
    future: list[Event] = [(v, k, t, days + 10, value, p) for v, k, t, days, value, p in later]
    assert build(event_table(rows + future), catalog(), AS_OF).equals(
        build(event_table(rows), catalog(), AS_OF)
    )

"""A guest's page is that of a viewer who did the same; a session is given to whoever signs in, once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import psycopg
import pytest

from features.interactions import Engagement
from features.states import states
from recsys.schema import EventType
from recsys.settings import Settings
from serving.analytics.contracts import Event
from serving.database import Database
from serving.recommendations import store
from tests.serving.conftest import MakeClient, event, shown
from tests.serving.recommendations.test_answers import HOME, get
from tests.serving.world import ADULT, EXPIRED, FRENCH

GUEST = "/api/sessions/recommendations"
MERGE = "/api/sessions/merge"


def told(title_id: str | None, event_type: str = "complete", **more: Any) -> dict[str, Any]:
    """An event as a guest's device sends it."""
    whole = event("", title_id, event_type, **more)
    return {key: value for key, value in whole.items() if key != "viewerId"}


def session() -> list[dict[str, Any]]:
    return [
        told("t002", watchedPortion=1.0),
        told("t005", "progress", watchedPortion=0.4),
        told("t008", "play"),
        told("t011", "thumb", value=1),
        told("t000", "thumb", value=-1),
        told("e1", "complete"),
        told("t003", "impression"),
        told(None, "search", query="ships"),
    ]


def page(client: httpx.Client, events: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    answer = client.post(GUEST, json={"events": events, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(page: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(row["rowId"], [one["contentId"] for one in row["items"]]) for row in page["rows"]]


def test_the_same_events_give_the_same_page_through_both_doors(client: httpx.Client) -> None:
    events = session()
    as_guest = page(client, events)
    for one in events:
        own = {**one, "viewerId": "both-doors"}
        assert client.post("/api/analytics/event", json=own).status_code == 202
    as_viewer = get(client, HOME, viewerId="both-doors")
    assert rows(as_guest) == rows(as_viewer)
    assert "because-t002" in dict(rows(as_guest))
    new = [row for row in as_guest["rows"] if row["rowId"] != "continue-watching"]
    assert not {"t002", "t005", "t008", "t000", "s00"} & set(shown({"rows": new}))


def test_the_rule_of_the_database_and_that_of_the_session_are_one(new_database: Any) -> None:
    rng = np.random.default_rng(11)
    database = Database(Settings(database_url=new_database()), lambda _: None, lambda _: None)
    database.open()
    for viewer in range(12):
        events = [_any_event(rng, f"v{viewer}") for _ in range(40)]
        # Some come twice, and those that come one by one come in another order.
        for at in [*rng.permutation(len(events)), *range(5)]:
            append(database, events[at])
        kept = store.read(database, f"v{viewer}").engagement
        ours = Engagement.of(states([*events, *events[:5]]).items())
        assert same(kept, ours)
    database.close()


def _any_event(rng: np.random.Generator, viewer_id: str) -> Event:
    kind = str(rng.choice(list(EventType)))
    value = {"rating": rng.integers(1, 11) / 2, "thumb": rng.choice([-1.0, 1.0])}.get(kind)
    return Event.model_construct(
        event_id=UUID(bytes=rng.bytes(16)),
        event_type=kind,
        viewer_id=viewer_id,
        title_id=None if kind == "search" else f"t{rng.integers(5)}",
        # Few moments, so that many events happen at once.
        occurred_at=datetime(2024, 3, 1, tzinfo=UTC) + timedelta(hours=int(rng.integers(6))),
        value=None if value is None else float(value),
        watched_portion=rng.choice([None, 0.1, 0.7]),
    )


def append(database: Database, one: Event) -> None:
    from serving.analytics import store as events  # noqa: PLC0415  beside the other store

    events.append(database, [one.model_dump(exclude_none=True) | {"event_id": str(one.event_id)}])


def same(one: Engagement, other: Engagement) -> bool:
    def by_title(engagement: Engagement) -> list[tuple[str, ...]]:
        columns = [getattr(engagement, name) for name in Engagement.__slots__]
        return sorted(tuple(str(value) for value in row) for row in zip(*columns, strict=True))

    return by_title(one) == by_title(other) != []


def test_nothing_of_a_guest_is_stored(make_client: MakeClient, new_database: Any) -> None:
    url = new_database()
    page(make_client(database_url=url), session())
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (0,)
        query = "SELECT count(*) FROM history WHERE title_id = 'e1'"
        assert connection.execute(query).fetchone() == (0,)


def test_a_guest_needs_no_database(make_client: MakeClient) -> None:
    nowhere = make_client(database_url="postgresql://nobody@127.0.0.1:9/nothing")
    answer = page(nowhere, session())
    assert answer["degraded"] == []
    assert "top-picks" in [row["rowId"] for row in answer["rows"]]


def test_a_session_that_did_nothing_gets_the_new_viewers_page(client: httpx.Client) -> None:
    assert rows(page(client, [])) == rows(get(client, HOME))


def test_limits_filters_and_exclusions_hold_for_guests(client: httpx.Client) -> None:
    events = [told("t002"), told("t005")]
    whole = shown(page(client, events))
    assert set(whole) & ADULT
    assert not set(shown(page(client, events, maximumAge=7))) & (ADULT | EXPIRED | FRENCH)
    assert set(shown(page(client, events, region="FR"))) & FRENCH
    narrow = shown(page(client, events, filter='genre = "Genre 1" and not title in watched'))
    assert narrow
    assert {title[-3:] for title in narrow} <= {f"{n:03d}" for n in range(1, 60, 3)}
    assert not set(whole[:3]) & set(shown(page(client, events, excludeItems=",".join(whole[:3]))))


def test_merging_makes_the_viewers_next_page_the_guests(client: httpx.Client) -> None:
    events = session()
    as_guest = page(client, events)
    merge = {"viewerId": "signs-in", "events": events}
    answer = client.post(MERGE, json=merge)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 8, "duplicates": 0})
    assert rows(get(client, HOME, viewerId="signs-in")) == rows(as_guest)
    assert client.post(MERGE, json=merge).json() == {"accepted": 8, "duplicates": 8}
    assert rows(get(client, HOME, viewerId="signs-in")) == rows(as_guest)


def test_what_a_viewer_did_before_counts_beside_the_session(client: httpx.Client) -> None:
    assert client.post("/api/analytics/event", json=event("returns", "t001")).status_code == 202
    assert client.post(MERGE, json={"viewerId": "returns", "events": [told("t004")]}).is_success
    assert not {"t001", "t004"} & set(shown(get(client, HOME, viewerId="returns")))
    assert client.post(MERGE, json={"viewerId": "returns", "events": []}).is_success


@pytest.mark.parametrize("url", [GUEST, MERGE])
def test_what_is_wrong_with_a_session_is_named(client: httpx.Client, url: str) -> None:
    who = {"viewerId": "bad"} if url == MERGE else {}
    wrong: list[tuple[Any, str]] = [
        ([told("t001"), told("t001") | {"eventId": "x"}], "events.1.eventId"),
        ([told("t001") | {"viewerId": "v"}], "events.0.viewerId"),
        ([told("t001", "rating", value=9)], "events.0.value"),
        ([told("t001", "play") | {"occurredAt": "2999-01-01T00:00:00Z"}], "events.0.occurredAt"),
        ([told("t001")] * 1001, "events"),
        ("none", "events"),
    ]
    for events, field in wrong:
        answer = client.post(url, json={"events": events, **who})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    unknown = client.post(url, json={"events": [told("t001"), told("t999")], **who})
    assert unknown.status_code == 404
    assert unknown.json()["errors"][0]["field"] == "events.1.titleId"
    twice = b'{"events": [{"eventId": "a", "eventId": "b"}]}'
    assert client.post(url, content=twice).status_code == 422


def test_a_key_that_comes_twice_is_named_with_its_place(client: httpx.Client) -> None:
    one = f'{{"eventId": "{uuid4()}", "eventType": "play", "titleId": "t001", "titleId": "t002", '
    body = f'{{"events": [{one} "occurredAt": "2024-03-02T20:00:00Z"}}]}}'
    answer = client.post(GUEST, content=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "events.0.titleId"


def test_a_filter_that_does_not_parse_is_a_400_for_guests_too(client: httpx.Client) -> None:
    answer = client.post(GUEST, json={"events": [], "filter": "genre =="})
    assert answer.status_code == 400

"""What a viewer opens tells what the session is about: the next pages follow it, for a while."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.serving.conftest import event, shown

LIST, HOME = "/api/recommendations", "/api/recommendations/home"
GUEST = "/api/sessions/recommendations"
OPENED = ("t013", "t016", "t022")
"""Titles of taste 1."""


def now(hours_ago: float = 0.01) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours_ago)).isoformat()


def post(client: httpx.Client, events: list[dict[str, Any]]) -> None:
    assert client.post("/api/analytics/event", json=events).status_code == 202


def watcher(client: httpx.Client) -> str:
    """Somebody who only ever watched titles of taste 0."""
    viewer = f"session-{uuid4().hex[:8]}"
    post(client, [event(viewer, title) for title in ("t000", "t003", "t006", "t012")])
    return viewer


def opens(client: httpx.Client, viewer: str, *titles: str, hours_ago: float = 0.01) -> None:
    post(client, [event(viewer, one, "click", occurredAt=now(hours_ago)) for one in titles])


def share_of_taste_1(titles: list[str]) -> float:
    return sum(int(title.lstrip("ts")) % 3 == 1 for title in titles) / len(titles)


def looked_at_of_taste_1(page: dict[str, Any]) -> float:
    """What part of the looks at a page falls on titles of taste 1, each place counting as it is looked at."""
    looks = [
        (0.9**at * 0.87**place, share_of_taste_1([item["contentId"]]))
        for at, row in enumerate(page["rows"])
        for place, item in enumerate(row["items"])
        if item["source"] != "explored"
    ]
    return sum(look * one for look, one in looks) / sum(look for look, _ in looks)


def listed(client: httpx.Client, viewer: str) -> list[str]:
    answer = client.get(LIST, params={"viewerId": viewer, "limit": 15})
    assert answer.json()["degraded"] == []
    return shown(answer.json())


def test_three_titles_opened_shift_what_is_picked_and_none_of_them_goes(
    client: httpx.Client,
) -> None:
    viewer = watcher(client)
    before = listed(client, viewer)
    page = client.get(HOME, params={"viewerId": viewer}).json()
    opens(client, viewer, *OPENED)
    after = listed(client, viewer)
    assert share_of_taste_1(before) < 0.3 <= share_of_taste_1(after)
    assert share_of_taste_1(after[:6]) >= 0.3
    later = client.get(HOME, params={"viewerId": viewer}).json()
    assert looked_at_of_taste_1(later) > looked_at_of_taste_1(page)
    # They were opened and not watched, so they may still be shown.
    every = client.get(LIST, params={"viewerId": viewer, "limit": 100}).json()
    assert set(OPENED) <= set(shown(every))


def test_one_opened_title_lifts_what_is_like_it(client: httpx.Client) -> None:
    viewer = watcher(client)
    like = shown(client.get(f"{LIST}/similar/{OPENED[0]}", params={"limit": 8}).json())
    place = lambda: [  # noqa: E731
        shown(client.get(LIST, params={"viewerId": viewer, "limit": 100}).json()).index(title)
        for title in like
    ]
    before = place()
    opens(client, viewer, OPENED[0])
    assert sum(place()) < sum(before)


def test_it_passes_with_the_session(client: httpx.Client) -> None:
    viewer = watcher(client)
    before = listed(client, viewer)
    opens(client, viewer, *OPENED, hours_ago=3)
    assert listed(client, viewer) == before


def test_a_guests_session_counts_as_much(client: httpx.Client) -> None:
    done = [event("x", title) for title in ("t000", "t003", "t006", "t012")]
    clicks = [event("x", title, "click", occurredAt=now()) for title in OPENED]
    told = [[{k: v for k, v in e.items() if k != "viewerId"} for e in es] for es in (done, clicks)]
    plain, shifted = (
        client.post(GUEST, json={"events": events}).json()
        for events in (told[0], told[0] + told[1])
    )
    assert looked_at_of_taste_1(shifted) > looked_at_of_taste_1(plain)


def test_what_is_opened_while_the_history_is_paused_is_not_heard(client: httpx.Client) -> None:
    viewer = watcher(client)
    before = listed(client, viewer)
    for history in ("paused", "running"):
        said = client.patch(
            "/api/user/taste", params={"viewerId": viewer}, json={"history": history}
        )
        assert said.status_code == 200
        if history == "paused":
            opens(client, viewer, *OPENED, hours_ago=0)
            assert listed(client, viewer) == before
    assert listed(client, viewer) == before

"""What was shown often and not chosen is further down the next page, and comes back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.serving.conftest import event

HOME, EVENTS = "/api/recommendations/home", "/api/analytics/event"


def looks(client: httpx.Client, viewer: str) -> dict[str, float]:
    """How likely each title of the next page is looked at."""
    # A filter that leaves everything in asks for a page that was not kept.
    query = {"viewerId": viewer, "filter": f'title != "{uuid4().hex}"'}
    return {
        item["contentId"]: 0.9 ** row["rowRank"] * 0.87 ** item["itemRank"]
        for row in client.get(HOME, params=query).json()["rows"]
        for item in row["items"]
        if item["source"] != "explored"
    }


def see(client: httpx.Client, viewer: str, title: str, times: int, days_ago: float) -> None:
    moment = datetime.now(UTC) - timedelta(days=days_ago)
    seen: list[dict[str, Any]] = [
        event(viewer, title, "impression", occurredAt=moment.isoformat()) for _ in range(times)
    ]
    assert client.post(EVENTS, json=seen).status_code == 202


def someone(client: httpx.Client) -> str:
    viewer = f"tired-{uuid4().hex[:8]}"
    assert client.post(EVENTS, json=event(viewer, "t003")).status_code == 202
    return viewer


def test_a_title_shown_often_rotates_away(client: httpx.Client) -> None:
    viewer = someone(client)
    before = looks(client, viewer)
    first = max(before, key=before.__getitem__)
    see(client, viewer, first, times=60, days_ago=0.1)
    assert looks(client, viewer).get(first, 0) < before[first]


def test_what_was_shown_long_ago_is_forgotten(client: httpx.Client) -> None:
    viewer = someone(client)
    before = looks(client, viewer)
    first = max(before, key=before.__getitem__)
    see(client, viewer, first, times=60, days_ago=60)
    assert looks(client, viewer)[first] == before[first]


def test_nobody_elses_impressions_count(client: httpx.Client) -> None:
    one, other = someone(client), someone(client)
    before = looks(client, other)
    first = max(before, key=before.__getitem__)
    see(client, one, first, times=60, days_ago=0.1)
    assert looks(client, other)[first] == before[first]

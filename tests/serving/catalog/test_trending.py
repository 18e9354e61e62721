"""What many watch comes first, counted so that nobody is told of, and the same however often it is asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from serving.catalog.trending import PERIOD, periods_at, until_next
from tests.serving.conftest import MakeClient, event

TRENDING = "/api/content/trending"
NOW = datetime(2026, 5, 1, 14, 30, tzinfo=UTC)


def test_periods_are_those_that_are_over() -> None:
    at = [datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in (9, 6, 3, 0)]
    assert periods_at(NOW)[:4] == at
    # A minute passes before the last is counted, for what arrived in it to be seen.
    assert periods_at(NOW.replace(hour=12, minute=0))[0] == at[1]
    assert periods_at(NOW.replace(hour=12, minute=1))[0] == at[0]
    assert until_next(NOW) == 31 * 60
    assert periods_at(NOW + timedelta(seconds=until_next(NOW)))[0] == at[0] + PERIOD


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def start(make_client: MakeClient, url: str) -> Callable[[], httpx.Client]:
    return lambda: make_client(database_url=url)


def watch(client: httpx.Client, url: str, viewers: int, titles: list[str], name: str = "w") -> None:
    """Let many viewers in Germany watch some titles in the last period that is over."""
    arrived = periods_at(datetime.now(UTC))[0] + PERIOD / 2
    people = [f"{name}{at}" for at in range(viewers)]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO viewer (viewer_id, consent, region) VALUES (%s, true, 'DE') "
            "ON CONFLICT DO NOTHING",
            [(one,) for one in people],
        )
    at = arrived.isoformat()
    events = [event(one, title, "play", occurredAt=at) for one in people for title in titles]
    for first in range(0, len(events), 500):
        answer = client.post("/api/analytics/event", json=events[first : first + 500])
        assert answer.status_code == 202
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE event SET received_at = %s WHERE occurred_at = %s", (arrived, arrived))  # fmt: skip


def told(client: httpx.Client, **query: Any) -> list[tuple[str, int | None]]:
    items = client.get(TRENDING, params={"limit": 100, **query}).json()["items"]
    return [(one["contentId"], one["viewers"]) for one in items]


def test_what_many_watched_in_the_last_hours_comes_first_with_noise(
    start: Callable[[], httpx.Client], url: str
) -> None:
    client = start()
    watch(client, url, 400, ["t058", "t040"])  # the first of which may be shown in France alone
    (first, viewers), *rest = told(client, region="DE")
    assert (first, abs((viewers or 0) - 400) < 100) == ("t040", True)
    assert dict(rest).keys().isdisjoint({"t058"})
    assert (
        dict(told(client, region="FR"))["t058"] or 0
    ) < 100  # where noise alone may tell of some
    answer = client.get(TRENDING, params={"region": "DE"}).json()
    assert (answer["noise"]["epsilon"], answer["noise"]["titlesEach"]) == (1.0, 3)
    assert answer["degraded"] == []
    assert {one["source"] for one in answer["items"]} <= {"recent", "popularity", "catalog"}


def test_the_same_period_has_the_same_noise_on_every_replica(
    start: Callable[[], httpx.Client], url: str
) -> None:
    one, other = start(), start()
    watch(one, url, 300, ["t040", "t043"])
    asked = [told(client, region="DE", limit=n) for n in range(20, 40) for client in (one, other)]
    assert len({dict(answer)["t040"] for answer in asked}) == 1
    assert len({dict(answer)["t043"] for answer in asked}) == 1


def test_a_viewer_is_in_few_counts_and_episodes_count_for_their_series(
    start: Callable[[], httpx.Client], url: str
) -> None:
    client = start()
    watch(client, url, 300, [f"t{n:03d}" for n in (30, 31, 32, 33, 34, 35)])
    watch(client, url, 300, ["e1", "e2", "e3"], name="binge")
    found = {title: viewers for title, viewers in told(client, region="DE") if viewers}
    # Each of 300 is counted for three of six titles, and once for the series.
    bounded = sum(viewers for title, viewers in found.items() if title != "s00")
    assert abs(bounded - 3 * 300) < 150
    assert abs(found["s00"] - 300) < 100


def test_few_viewers_and_those_who_did_not_consent_are_not_counted(
    start: Callable[[], httpx.Client], url: str
) -> None:
    client = start()
    watch(client, url, 300, ["t040"], name="no")
    watch(client, url, 1, ["t043"])
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE viewer SET consent = false WHERE viewer_id LIKE 'no%'")
    found = dict(told(client, region="DE"))
    # By noise alone a title is told of about once in a release, and then near the least count.
    assert (found["t040"] or 0) < 60
    assert (found["t043"] or 0) < 60


def test_without_the_database_the_bundle_says_what_many_watch(
    make_client: MakeClient, tmp_path: Any
) -> None:
    client = make_client(database_url="postgresql://nobody@127.0.0.1:9/nothing")
    answer = client.get(TRENDING, params={"region": "DE"}).json()
    assert answer["degraded"] == ["recent"]
    assert answer["items"][0]["source"] == "popularity"
    assert {one["viewers"] for one in answer["items"]} == {None}

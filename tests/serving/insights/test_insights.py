"""A viewer sees what the viewer watched; staff sees counts that hide each viewer, and the same ones again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from features.watched import Stood
from serving.insights.statistics import Facts, insights_of
from tests.serving.conftest import MakeClient, TokenFor, bearer, event

URL, EVENTS = "/api/analytics/insights", "/api/analytics/event"
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
CLOSED = MIDNIGHT - timedelta(days=3)
FACTS = Facts({"t1": ("Drama",), "t2": ("Drama", "War"), "t3": ()}, {})
MONDAY = datetime(2026, 5, 4, 20, tzinfo=UTC)


def sitting(title: str, day: int, minutes: float, end: str = "pause") -> list[tuple[str, Stood]]:
    start = MONDAY + timedelta(days=day)
    session = f"{title}-{day}"
    return [
        (title, Stood(session, start, "play", 0.0)),
        (title, Stood(session, start + timedelta(minutes=minutes), end, 60 * minutes)),
    ]


def test_hours_genres_completion_and_streaks_are_those_of_the_sittings() -> None:
    watched = [
        *sitting("t1", 0, 60, "complete"),
        *sitting("t2", 1, 30),
        *sitting("t3", 2, 90, "complete"),
        *sitting("t1", 9, 60),
    ]
    until = (MONDAY + timedelta(days=10)).date()
    told = insights_of(watched, FACTS, MONDAY.date(), until)
    assert told.hours == 4.0
    assert [(one.monday.isoformat(), one.hours) for one in told.weeks] == [
        ("2026-05-04", 3.0),
        ("2026-05-11", 1.0),
    ]
    assert told.hours_by_genre == {"Drama": 2.5, "War": 0.5}
    assert (told.titles_begun, told.titles_completed, told.completion) == (3, 2, 0.667)
    assert (told.days_active, told.longest_streak_days, told.current_streak_days) == (4, 3, 1)


def test_of_who_watched_nothing_there_is_nothing_to_tell() -> None:
    told = insights_of([], FACTS, MONDAY.date(), MONDAY.date())
    assert (told.hours, told.weeks, told.completion, told.current_streak_days) == (0, [], None, 0)


def test_a_viewer_sees_own_viewing_and_nobody_elses(
    client: httpx.Client, token_for: TokenFor
) -> None:
    start = MIDNIGHT - timedelta(days=1, hours=4)
    bodies = [
        event(
            "insightful",
            "t001",
            kind,
            occurredAt=(start + timedelta(minutes=minutes)).isoformat(),
            positionSeconds=60.0 * minutes,
            sessionId="s",
        )
        for kind, minutes in (("play", 0), ("progress", 30), ("complete", 90))
    ]
    assert client.post(EVENTS, json=bodies).json()["accepted"] == 3
    told = client.get(URL, headers=bearer(token_for("insightful"))).json()
    assert (told["hours"], told["titlesCompleted"], told["daysActive"]) == (1.5, 1, 1)
    assert told["hoursByGenre"] == {"Genre 1": 1.5}
    other = client.get(URL, headers=bearer(token_for("uninsightful"))).json()
    assert (other["hours"], other["titlesBegun"]) == (0, 0)


def test_only_who_has_a_token_sees_anything(client: httpx.Client, token_for: TokenFor) -> None:
    assert client.get(URL).status_code == 401
    assert client.get(URL, headers=bearer(token_for(scopes="service"))).status_code == 403
    answer = client.get(URL, params={"days": 0}, headers=bearer(token_for("v001")))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "days")


@pytest.fixture
def watched(make_client: MakeClient, new_database: Callable[[], str]) -> tuple[httpx.Client, str]:
    """Forty viewers on a closed day: all watched a title of the first genre, two one of the second."""
    url = new_database()
    client = make_client(database_url=url)
    at = (CLOSED + timedelta(hours=20)).isoformat()
    bodies = [event(f"v{n:03d}", "t000", "complete", occurredAt=at) for n in range(40)]
    bodies += [event(f"v{n:03d}", "t001", "play", occurredAt=at) for n in range(2)]
    bodies += [event(f"unknown-{n}", "t000", "play", occurredAt=at) for n in range(500)]
    assert client.post(EVENTS, json=bodies).json()["accepted"] == 542
    return client, url


def test_staff_sees_counts_near_the_truth_and_the_same_again(
    watched: tuple[httpx.Client, str], token_for: TokenFor
) -> None:
    client, url = watched
    staff = bearer(token_for(scopes="staff"))

    def told() -> dict[str, Any]:
        asked = {"day": CLOSED.date().isoformat()}
        return client.get(URL, params=asked, headers=staff).json()

    first = told()
    # Forty consented; those of whom nothing is known did not. The noise has a standard deviation of 2.8.
    assert abs(first["activeViewers"] - 40) <= 28
    assert "Genre 1" not in first["viewersByGenre"]  # two viewers are too few to be told of
    late = (CLOSED + timedelta(hours=21)).isoformat()
    more = [event(f"v{n:03d}", "t000", "play", occurredAt=late) for n in range(30)]
    client.post(EVENTS, json=more)
    assert told() == first
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM private_count").fetchone() == (3,)


def test_a_day_that_is_not_closed_is_refused(client: httpx.Client, token_for: TokenFor) -> None:
    staff = bearer(token_for(scopes="staff"))
    asked = {"day": (MIDNIGHT - timedelta(days=1)).date().isoformat()}
    answer = client.get(URL, params=asked, headers=staff)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "day")


def test_the_key_of_the_noise_is_its_owners_alone(
    client: httpx.Client, token_for: TokenFor, store: Path
) -> None:
    assert client.get(URL, headers=bearer(token_for(scopes="staff"))).status_code == 200
    assert (store / "insights.key").stat().st_mode & 0o777 == 0o600

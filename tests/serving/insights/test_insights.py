"""A viewer sees what the viewer watched; staff sees counts that hide each viewer, and the same ones again."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.watched import Stood
from recsys.schema import EVENTS
from serving.insights.statistics import Facts, Summed, insights_of
from tests.serving.conftest import MakeClient, TokenFor, bearer, event

URL, EVENTS_URL = "/api/analytics/insights", "/api/analytics/event"
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


def test_of_what_came_in_files_the_last_day_and_the_largest_part_are_told() -> None:
    facts = Facts({"t1": ("Drama",), "t4": ("War",)}, {}, {"t1": 3600.0, "t4": 7200.0, "t5": None})
    summed = [
        ("t1", Summed(MONDAY, 1.0, completed=True)),  # of which there are events
        ("t4", Summed(MONDAY + timedelta(days=1), 0.25, completed=False)),
        ("t5", Summed(MONDAY + timedelta(days=8), 1.0, completed=True)),  # nobody knows how long
        ("t6", Summed(MONDAY + timedelta(days=8), None, completed=True)),  # nor that it was
    ]
    told = insights_of(sitting("t1", 0, 30), facts, MONDAY.date(), MONDAY.date(), summed)
    assert told.hours == 0.5 + 0.25 * 2
    assert [one.hours for one in told.weeks] == [1.0, 0.0]
    assert told.hours_by_genre == {"Drama": 0.5, "War": 0.5}
    assert (told.titles_begun, told.titles_completed, told.titles_summed) == (4, 2, 3)
    assert (told.days_active, told.longest_streak_days) == (3, 2)


def test_what_was_watched_to_the_end_by_who_knows_how_much_was_watched_whole() -> None:
    facts = Facts({}, {}, {"t6": 5400.0})
    summed = [("t6", Summed(MONDAY, None, completed=True))]
    assert insights_of([], facts, MONDAY.date(), MONDAY.date(), summed).hours == 1.5


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
    assert client.post(EVENTS_URL, json=bodies).json()["accepted"] == 3
    told = client.get(URL, headers=bearer(token_for("insightful"))).json()
    assert (told["hours"], told["titlesCompleted"], told["daysActive"]) == (1.5, 1, 1)
    assert told["hoursByGenre"] == {"Genre 1": 1.5}
    other = client.get(URL, headers=bearer(token_for("uninsightful"))).json()
    assert (other["hours"], other["titlesBegun"]) == (0, 0)


def test_a_viewer_whose_events_were_ingested_sees_them_and_once(
    store: Path,
    tmp_path: Path,
    make_client: MakeClient,
    new_database: Callable[[], str],
    token_for: TokenFor,
) -> None:
    shutil.copytree(store, own := tmp_path / "store")
    yesterday = MIDNIGHT - timedelta(hours=4)
    rows = [
        {
            "event_id": str(uuid4()),
            "event_type": kind,
            "viewer_id": "by-file",
            "title_id": title,
            "occurred_at": yesterday - timedelta(days=days),
            "watched_portion": portion,
        }
        for kind, title, days, portion in (
            ("progress", "t001", 3, 0.1),
            ("progress", "t001", 1, 0.5),
            ("complete", "t004", 2, 1.0),
            ("complete", "t005", 200, 1.0),
        )
    ]
    (day := own / "raw" / "events" / "day=2024-01-02").mkdir()
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), day / "part-0.parquet")
    client = make_client(store=own, database_url=new_database())

    def told(**asked: int) -> dict[str, Any]:
        return client.get(URL, params=asked, headers=bearer(token_for("by-file"))).json()

    first = told()
    length = 1.5  # hours, of every title of this world
    assert first["hours"] == (0.5 + 1) * length
    assert first["hoursByGenre"] == {"Genre 1": (0.5 + 1) * length}
    counts = [first[name] for name in ("titlesBegun", "titlesCompleted", "titlesSummed")]
    assert counts == [2, 1, 2]
    assert (first["daysActive"], first["longestStreakDays"]) == (2, 2)
    assert told(days=366)["titlesCompleted"] == 2, "half a year ago too"
    assert told(days=1)["hours"] == 0
    again = [
        event(
            "by-file",
            "t001",
            kind,
            occurredAt=(yesterday + timedelta(minutes=at)).isoformat(),
            positionSeconds=60.0 * at,
            sessionId="s",
        )
        for kind, at in (("play", 0), ("pause", 30))
    ]
    assert client.post(EVENTS_URL, json=again).json()["accepted"] == 2
    then = told()
    assert (then["titlesBegun"], then["titlesSummed"]) == (2, 1), (
        "its events tell more than its sum"
    )
    assert then["hours"] == 0.5 + length


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
    assert client.post(EVENTS_URL, json=bodies).json()["accepted"] == 542
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
    # Two viewers are told of by the luck of the noise alone, as tests of the threshold show by their own numbers.
    assert first["viewersByGenre"].get("Genre 1", 0) <= 2 + 28
    late = (CLOSED + timedelta(hours=21)).isoformat()
    more = [event(f"v{n:03d}", "t000", "play", occurredAt=late) for n in range(30)]
    client.post(EVENTS_URL, json=more)
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

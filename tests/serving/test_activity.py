"""Viewers are counted by when they last did something; clicks and playbacks by what they were of."""

import httpx
import psycopg
import pytest

from tests.serving.conftest import MakeClient, event

NEW = "INSERT INTO history (viewer_id, title_id, completed, watchlisted, last_at) VALUES (%s, %s, true, false, now() - %s * interval '1 day')"


def meter(client: httpx.Client, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split(" ")[1]) for line in lines if line.startswith(f"{name} "))


def test_viewers_are_active_for_30_days_and_lost_for_30_more(
    make_client: MakeClient, new_database: object
) -> None:
    url = new_database()  # type: ignore[operator]
    client = make_client(database_url=url)
    ages = {"here": [1, 50], "just": [29], "gone": [31, 90], "nearly": [59], "long-gone": [61]}
    with psycopg.connect(url) as connection:
        for viewer_id, days in ages.items():
            for title, day in enumerate(days):
                connection.execute(NEW, (viewer_id, f"t{title:03d}", day))
    assert meter(client, 'recsys_viewers{state="active"}') == 2
    assert meter(client, 'recsys_viewers{state="lost"}') == 2


def test_meters_come_without_a_database_too(make_client: MakeClient) -> None:
    client = make_client(database_url="postgresql://nobody@127.0.0.1:9/nothing")
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert 'recsys_viewers{state="active"}' not in answer.text


def test_events_are_counted_by_kind_of_row_once(make_client: MakeClient) -> None:
    client = make_client()
    clicks = [
        event("v031", "t001", "click", rowId=row)
        for row in ("genre-drama", "because-t001", "x" * 99)
    ]
    for _ in range(2):
        assert client.post("/api/analytics/event", json=clicks).status_code == 202
    for row in ("genre", "because", "other"):
        name = f'recsys_row_events_total{{event_type="click",row="{row}"}}'
        assert meter(client, name) == 1


def test_a_playback_is_counted_in_seconds(make_client: MakeClient) -> None:
    client = make_client()
    told = {"startMs": 1250, "rebufferMs": 500, "watchedMs": 60_000}
    answer = client.post("/api/analytics/quality", json=told)
    assert (answer.status_code, answer.json()) == (202, {"noted": 1})
    assert meter(client, "recsys_playback_start_seconds_sum") == 1.25
    assert meter(client, "recsys_playback_rebuffer_seconds_total") == 0.5
    assert meter(client, "recsys_playback_watched_seconds_total") == 60


@pytest.mark.parametrize(
    "wrong", [{"startMs": -1}, {"startMs": 1e9}, {"startMs": "1"}, {"startMs": True}, {"more": 1}]
)
def test_what_is_no_playback_is_refused(client: httpx.Client, wrong: dict[str, object]) -> None:
    told = {"startMs": 1, "rebufferMs": 0, "watchedMs": 0} | wrong
    assert client.post("/api/analytics/quality", json=told).status_code == 422

"""What a player says becomes the events that histories follow from, once, and what was skipped does not count."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.serving.conftest import TokenFor, bearer

URL = "/api/analytics/video"
LENGTH = 5400.0
"""Seconds of every title of the world."""
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


class Player:
    """One sitting with one title."""

    def __init__(self, client: httpx.Client, title: str = "t001") -> None:
        self.client, self.title = client, title
        self.viewer, self.session = f"player-{uuid4().hex[:8]}", uuid4().hex

    def say(self, event: str, second: float, position: float, /, **more: Any) -> dict[str, Any]:
        answer = self.send(event, second, position, **more)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def send(self, event: str, second: float, position: float, /, **more: Any) -> httpx.Response:
        body = {
            "event": event,
            "contentId": self.title,
            "currentTime": position,
            "timestamp": int((NOW + timedelta(seconds=second)).timestamp() * 1000),
            "viewerId": self.viewer,
            "sessionId": self.session,
            **more,
        }
        return self.client.post(URL, json=body)


@pytest.fixture
def player(client: httpx.Client) -> Player:
    return Player(client)


def history(url: str, viewer: str) -> list[tuple[Any, ...]]:
    query = "SELECT watched_portion, completed FROM history WHERE viewer_id = %s"
    with psycopg.connect(url) as connection:
        return connection.execute(query, (viewer,)).fetchall()


def test_a_sitting_from_play_to_end_completes_a_title(player: Player, shared_database: str) -> None:
    assert player.say("play", 0, 0)["eventType"] == "play"
    halfway = player.say("timeupdate", LENGTH / 2, LENGTH / 2)
    assert (halfway["eventType"], halfway["watchedPortion"]) == ("progress", 0.5)
    assert player.say("ended", LENGTH, LENGTH)["eventType"] == "complete"
    assert history(shared_database, player.viewer) == [(1.0, True)]


def test_who_seeks_to_the_end_has_not_watched(player: Player, shared_database: str) -> None:
    player.say("play", 0, 0)
    player.say("timeupdate", 540, 540)
    player.say("seeked", 541, LENGTH - 10)
    end = player.say("ended", 551, LENGTH)
    assert end["eventType"] == "progress"
    assert end["watchedPortion"] == pytest.approx(550 / LENGTH)
    assert history(shared_database, player.viewer) == [(pytest.approx(550 / LENGTH), False)]


def test_saying_it_again_counts_once(player: Player) -> None:
    assert player.say("play", 0, 0)["duplicates"] == 0
    assert player.say("play", 0, 0)["duplicates"] == 1
    assert player.say("pause", 0, 0)["duplicates"] == 0


def test_milliseconds_and_text_are_the_same_moment(player: Player) -> None:
    player.say("play", 0, 0)
    again = player.send("play", 0, 0, timestamp=NOW.isoformat())
    assert again.json()["duplicates"] == 1


def test_how_the_service_does_is_counted_and_not_kept(player: Player, shared_database: str) -> None:
    def meter(name: str) -> float:
        lines = player.client.get("/metrics").text.splitlines()
        return sum(float(one.rsplit(" ", 1)[1]) for one in lines if one.startswith(name))

    names = (
        'recsys_player_events_total{event="rebuffer"}',
        "recsys_player_stalled_seconds_sum",
        "recsys_player_start_seconds_count",
    )
    before = [meter(name) for name in names]
    told = player.say("rebuffer", 5, 30, stalledSeconds=1.5)
    player.say("playing", 1, 0, startSeconds=0.8)
    player.say("playing", 1, 0, startSeconds=0.8)  # sent again
    assert told["eventType"] is None
    assert [meter(name) - was for name, was in zip(names, before, strict=True)] == [1, 1.5, 1]
    with psycopg.connect(shared_database) as connection:
        query = "SELECT event_type FROM event WHERE viewer_id = %s"
        assert connection.execute(query, (player.viewer,)).fetchall() == [("play",)]


def test_a_token_says_who_watches(player: Player, token_for: TokenFor) -> None:
    body = {"event": "play", "contentId": "t001", "currentTime": 0, "timestamp": NOW.isoformat()}
    own = bearer(token_for(player.viewer))
    post = player.client.post
    assert post(URL, json=body, headers=own).status_code == 202
    assert post(URL, json=body | {"viewerId": "v001"}, headers=own).status_code == 403
    nobody = post(URL, json=body)
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "viewerId")


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"event": "stared"}, 422, "event"),
        ({"contentId": "t999"}, 404, "contentId"),
        ({"currentTime": -1}, 422, "currentTime"),
        ({"currentTime": "5"}, 422, "currentTime"),
        ({"timestamp": 1e30}, 422, "timestamp"),
        ({"timestamp": 1714594500}, 422, "timestamp"),
        ({"timestamp": True}, 422, "timestamp"),
        ({"timestamp": "2999-01-01T00:00:00Z"}, 422, "timestamp"),
        ({"startSeconds": -1}, 422, "startSeconds"),
        ({"extra": 1}, 422, "extra"),
    ],
)
def test_what_is_wrong_is_named(
    player: Player, wrong: dict[str, Any], status: int, field: str
) -> None:
    answer = player.send("play", 0, 0, **wrong)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)

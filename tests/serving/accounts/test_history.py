"""The history is what was watched; what is taken out of it is as if it had never been."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from recsys.settings import Settings
from tests.serving import world
from tests.serving.accounts.people import HISTORY, WATCHLIST, Person, refusal, somebody
from tests.serving.conftest import TokenFor, event, serving, shown, until

LIST = "/api/recommendations"
LONG_AGO = "2024-03-02T20:00:00Z"


@pytest.fixture
def anna(client: httpx.Client, token_for: TokenFor) -> Person:
    return somebody(client, token_for)


def told(person: Person, **query: Any) -> list[str]:
    return [one["contentId"] for one in person.get(HISTORY, **query)["items"]]


def forget(person: Person, title: str) -> None:
    answer = person.call("DELETE", f"{HISTORY}/{title}")
    assert answer.status_code == 204, answer.text


def taste(person: Person) -> list[str]:
    return [one["value"] for one in person.get("/api/user/taste")["genres"]]


def test_what_was_watched_is_told_the_latest_first_with_how_far(anna: Person) -> None:
    anna.did(("progress", "t000"), watchedPortion=0.4, occurredAt="2024-03-01T20:00:00Z")
    anna.did(("complete", "e2"), watchedPortion=1.0, occurredAt=LONG_AGO)
    anna.did(("rating", "t000"), value=4.5)
    anna.did(("thumb", "t003"), value=1)
    anna.did(("click", "t006"))
    episode, movie = anna.get(HISTORY)["items"]
    assert episode == {
        "contentId": "e2",
        "seriesId": "s00",
        "name": "The Long Story",
        "type": "series",
        "genres": ["Genre 0"],
        "year": 1990,
        "artwork": "/artwork/t000.svg",
        "seasonNumber": 1,
        "episodeNumber": 2,
        "watchedPortion": 1.0,
        "completed": True,
        "rating": None,
        "thumb": None,
        "watchedAt": LONG_AGO,
    }
    assert (movie["contentId"], movie["watchedPortion"], movie["rating"]) == ("t000", 0.4, 4.5)
    assert (movie["completed"], movie["seriesId"]) == (False, None)


def test_it_is_told_in_parts_past_what_may_not_be_shown(anna: Person) -> None:
    every = [f"t{number:03d}" for number in range(60)]
    anna.watched(*every)  # all at one moment
    hidden = world.FRENCH | world.EXPIRED
    query: dict[str, Any] = {"limit": 7}
    parts: list[list[str]] = []
    while not parts or query["cursor"]:
        page = anna.get(HISTORY, **query)
        parts.append([one["contentId"] for one in page["items"]])
        query["cursor"] = page["nextCursor"]
    assert {len(part) for part in parts[:-1]} == {7}
    assert sorted(chain.from_iterable(parts)) == sorted(set(every) - hidden)


def test_a_history_of_which_nearly_all_is_hidden_is_read_to_its_end(
    anna: Person, shared_database: str
) -> None:
    anna.watched("t000")
    with psycopg.connect(shared_database) as connection:
        connection.execute(
            "INSERT INTO history (viewer_id, title_id, completed, watchlisted, last_at, watched_at) "
            "SELECT %s, 'gone' || n, true, false, now(), now() FROM generate_series(1, 1000) AS n",
            (anna.viewer,),
        )
    assert told(anna) == ["t000"]


def test_a_removed_title_is_gone_from_the_very_next_page(anna: Person) -> None:
    anna.watched("t002", "t001")
    anna.did(("click", "t001"), occurredAt=datetime.now(UTC).isoformat())
    with_it = anna.get("/api/recommendations/home")
    assert "because-t001" in {row["rowId"] for row in with_it["rows"]}
    forget(anna, "t001")
    page = anna.get("/api/recommendations/home")
    assert "because-t001" not in {row["rowId"] for row in page["rows"]}
    assert taste(anna) == ["Genre 2"]
    assert told(anna) == ["t002"]
    never = somebody(anna.client, anna.token_for)
    never.watched("t002")
    asked = {"limit": 60, "algorithm": "collaborative"}
    assert shown(anna.get(LIST, **asked)) == shown(never.get(LIST, **asked))


def test_all_that_was_said_of_it_goes_with_it_and_pages_made_from_it(
    anna: Person, shared_database: str
) -> None:
    anna.did(("thumb", "t001"), value=1)
    anna.did(("watchlist_add", "t001"), ("impression", "t001"), ("dismiss", "t001"))
    forget(anna, "t001")
    assert anna.get(WATCHLIST)["items"] == []
    with psycopg.connect(shared_database) as connection:
        for table in ("event", "history", "made_page", "taste_kept"):
            rows = connection.execute(
                f"SELECT FROM {table} WHERE viewer_id = %s",
                (anna.viewer,),
            ).fetchall()
            assert rows == [], table


def test_a_series_goes_with_its_episodes_and_an_episode_alone(anna: Person) -> None:
    anna.watched("e1", "e2", "e3", "t001")
    forget(anna, "e2")
    assert sorted(told(anna)) == ["e1", "e3", "t001"]
    forget(anna, "s00")
    assert told(anna) == ["t001"]


def test_what_was_done_before_does_not_come_back_and_what_is_done_after_counts(
    anna: Person,
) -> None:
    assert anna.viewer is not None
    old = event(anna.viewer, "t001", "rating", value=5)
    anna.call("POST", "/api/analytics/event", json=old)
    forget(anna, "t001")
    late = event(anna.viewer, "t001", watchedPortion=1.0)
    for one in (old, late):
        answer = anna.call("POST", "/api/analytics/event", json=one)
        assert (answer.status_code, answer.json()["duplicates"]) == (202, 1)
    assert taste(anna) == []
    now = datetime.now(UTC).isoformat()
    again = [
        event(anna.viewer, "t001", watchedPortion=1.0),
        event(anna.viewer, "t001", "progress", watchedPortion=0.3, occurredAt=now),
    ]
    assert anna.call("POST", "/api/analytics/event", json=again).status_code == 202
    (item,) = anna.get(HISTORY)["items"]
    assert (item["watchedPortion"], item["completed"], item["rating"]) == (0.3, False, None)


def test_what_a_fast_clock_dated_ahead_does_not_come_back_by_its_date(anna: Person) -> None:
    assert anna.viewer is not None
    soon = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    anna.did(("complete", "t001"), occurredAt=soon)
    forget(anna, "t001")
    again = event(anna.viewer, "t001", occurredAt=soon)
    anna.call("POST", "/api/analytics/event", json=again)
    assert told(anna) == []
    assert anna.call("POST", f"{WATCHLIST}/t001").status_code == 200
    assert [one["contentId"] for one in anna.get(WATCHLIST)["items"]] == ["t001"]


def test_what_is_ingested_again_does_not_bring_it_back(
    tmp_path: Path,
    registry: Path,
    new_database: Callable[[], str],
    token_for: TokenFor,
    store: Path,
) -> None:
    own, url = tmp_path / "store", new_database()
    world.write_raw(own)
    for name in ("token-keys.json",):
        (own / name).write_bytes((store / name).read_bytes())
    settings = Settings(store=own, registry=registry, database_url=url)
    removed = ""
    for start in range(2):
        with serving(settings) as client:
            person = Person(client, token_for, "account-of-v005", "v005")
            if start == 0:
                removed = told(person)[0]
                forget(person, removed)
            assert told(person)
            assert removed not in told(person)
        for part in (own / "raw" / "events").rglob("*.parquet"):
            part.touch()  # as if it had been ingested anew


def test_a_title_that_nobody_knows_cannot_be_removed(anna: Person) -> None:
    assert refusal(anna.call("DELETE", f"{HISTORY}/zzz")) == (404, "unknown-title")
    forget(anna, "t005")  # which was never watched


def test_one_viewers_removal_is_nobody_elses(anna: Person) -> None:
    other = anna.on(anna.add(name="Other").json()["profileId"])
    for person in (anna, other):
        person.watched("t001")
    forget(anna, "t001")
    assert told(other) == ["t001"]


def test_what_was_being_written_while_it_was_removed_is_found_and_taken_out(
    anna: Person, shared_database: str
) -> None:
    anna.watched("t001")
    forget(anna, "t001")
    with psycopg.connect(shared_database) as connection:
        connection.execute(
            "INSERT INTO history (viewer_id, title_id, completed, watchlisted, last_at, watched_at) "
            "VALUES (%s, 't001', true, false, %s, %s)",
            (anna.viewer, LONG_AGO, LONG_AGO),
        )
        connection.execute(
            "INSERT INTO event (event_id, event_type, viewer_id, title_id, occurred_at) "
            "VALUES (%s, 'complete', %s, 't001', %s)",
            (str(uuid4()), anna.viewer, LONG_AGO),
        )

    def held() -> int:
        with psycopg.connect(shared_database) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM history WHERE viewer_id = %(v)s)"
                " + (SELECT count(*) FROM event WHERE viewer_id = %(v)s)",
                {"v": anna.viewer},
            ).fetchone()
        return 0 if row is None else row[0]

    assert until(lambda: held() == 0)

"""Each day has a partition of its own, made once whoever needs it; queries look into the days that they ask for."""

import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from pipelines import collect
from recsys.settings import Settings
from serving.analytics import store
from serving.analytics.partitions import Partitions, name_of
from serving.database import Database
from serving.postgres import EmbeddedPostgres
from serving.recommendations.store import _LOOKED_AT
from tests.serving.conftest import MakeClient, database_in, event

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
URL = "/api/analytics/event"


def row(age: float, **more: Any) -> dict[str, Any]:
    return {
        "event_id": str(uuid.uuid4()),
        "event_type": "impression",
        "viewer_id": "anna",
        "title_id": "t1",
        "occurred_at": TODAY - timedelta(days=age),
        **more,
    }


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    one = Database(Settings(database_url=url), lambda _: None, lambda _: None)
    one.open()
    yield one
    one.close()


def places(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        query = "SELECT tableoid::regclass::text FROM event ORDER BY occurred_at"
        return [one[0] for one in connection.execute(query)]


def test_a_day_has_its_own_and_what_is_older_lies_together(url: str, database: Database) -> None:
    store.append(database, [row(age) for age in (5000, 400, 29.5, 3, 0)])
    days = [name_of((TODAY - timedelta(days=age)).date()) for age in (29.5, 3, 0)]
    assert places(url) == ["event_before", "event_before", *days]


def test_tomorrow_has_a_place_before_it_comes(url: str, database: Database) -> None:
    Partitions(database).ensure([])
    with psycopg.connect(url) as connection:
        tomorrow = name_of((TODAY + timedelta(days=1)).date())
        found = connection.execute("SELECT to_regclass(%s)::text", (tomorrow,)).fetchone()
    assert found == (tomorrow,)


def test_replicas_that_need_the_same_days_make_them_once(url: str, database: Database) -> None:
    def write(age: int) -> None:
        store.append(database, [row(age % 5), row(3)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    assert len(places(url)) == 48


def test_a_day_that_was_dropped_is_made_again(url: str, database: Database) -> None:
    partitions = Partitions(database)
    store.append(database, [row(4)], partitions)
    with psycopg.connect(url) as connection:
        connection.execute(f"DROP TABLE {places(url)[0]}")
    store.append(database, [row(4)], partitions)
    assert len(places(url)) == 1


def test_an_id_counts_once_whatever_its_day(make_client: MakeClient, url: str) -> None:
    client = make_client(database_url=url)
    body = event("once", "t001", occurredAt=(TODAY - timedelta(days=2)).isoformat())
    other = body | {"occurredAt": (TODAY - timedelta(days=900)).isoformat()}
    assert client.post(URL, json=body).json()["duplicates"] == 0
    assert client.post(URL, json=other).json()["duplicates"] == 1
    assert client.post(URL, json=[other, body]).json()["duplicates"] == 2
    assert len(places(url)) == 1


def test_the_table_refuses_what_the_vocabulary_does_not_know(database: Database) -> None:
    wrong: list[dict[str, Any]] = [
        {"event_type": "stared"},
        {"title_id": None},
        {"watched_portion": 2.0},
        {"propensity": 0.0},
        {"row_rank": -1},
    ]
    for fields in wrong:
        with pytest.raises(Exception, match="violates check constraint"):
            store.append(database, [row(0, **fields)])


@pytest.fixture(scope="module")
def filled(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection[Any]]:
    """Forty days with enough in them that no plan is as good as any other."""
    url = database_in(postgres)
    database = Database(Settings(database_url=url), lambda _: None, lambda _: None)
    database.open()
    rows = [
        row(age, viewer_id=f"v{n % 100}", event_type="click" if n % 9 else "play")
        for age in range(40)
        for n in range(300)
    ]
    store.append(database, rows)
    database.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE event SET received_at = occurred_at")
        connection.execute("VACUUM ANALYZE event")
        yield connection


def plan(connection: psycopg.Connection[Any], query: str, given: dict[str, Any]) -> str:
    return "\n".join(one[0] for one in connection.execute(f"EXPLAIN (COSTS OFF) {query}", given))


def read_whole(plan: str) -> set[str]:
    """The partitions that a plan reads from their beginning to their end."""
    return set(re.findall(r"Seq Scan on (event_\w+)", plan))


EMPTY = {name_of((TODAY + timedelta(days=1)).date())}


def test_what_a_viewer_was_shown_is_found_by_viewer_in_the_last_four_weeks(
    filled: psycopg.Connection[Any],
) -> None:
    told = plan(filled, _LOOKED_AT, {"viewer": "v7"})
    assert "Subplans Removed: 3" in told  # before, and the two that hold 29 and 30 days ago
    assert (
        told.count("Index Cond: ((viewer_id = 'v7'::text) AND (occurred_at >") >= 29
    )  # 28 days back
    assert read_whole(told) <= EMPTY


def test_the_night_looks_for_arrivals_by_their_index(filled: psycopg.Connection[Any]) -> None:
    given = {"mark": TODAY + timedelta(minutes=9)}
    told = plan(filled, f"SELECT event_id FROM event WHERE {collect._SINCE}", given)  # noqa: S608
    assert read_whole(told) <= EMPTY | {name_of(TODAY.date())}  # all of which arrived since
    assert "Index Cond: (received_at >= " in told
    newest = plan(filled, "SELECT max(received_at) FROM event", {})
    assert read_whole(newest) == set()


def test_one_day_is_one_partition(filled: psycopg.Connection[Any]) -> None:
    query = """SELECT title_id, count(*) FROM event
        WHERE occurred_at >= %(since)s AND occurred_at < %(until)s GROUP BY title_id"""
    day = TODAY - timedelta(days=3)
    told = plan(filled, query, {"since": day, "until": day + timedelta(days=1)})
    assert told.count("Scan on event_2") == 1
    assert name_of(day.date()) in told


def test_an_id_is_looked_up_in_the_ledger_by_its_key(filled: psycopg.Connection[Any]) -> None:
    told = plan(filled, "SELECT FROM event_ledger WHERE event_id = %(id)s", {"id": uuid.uuid4()})
    assert "event_ledger_pkey" in told


def test_events_are_taken_while_days_are_made(client: httpx.Client) -> None:
    bodies = [
        event("days", "t001", occurredAt=(TODAY - timedelta(days=at)).isoformat())
        for at in range(20)
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda body: client.post(URL, json=body), bodies))
    assert {answer.status_code for answer in answers} == {202}

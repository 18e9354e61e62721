"""A homepage is sent again while nothing changed, and never after something did."""

import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from recsys.schema import VIEWERS
from recsys.settings import Settings
from serving.analytics.backfill import take_in
from serving.database import Database
from serving.news import ANYBODY, CHANNEL
from tests.serving.conftest import MakeClient, event, shown, until
from tests.serving.world import ADULT

HOME, EVENTS = "/api/recommendations/home", "/api/analytics/event"
TASTE = "/api/user/taste"


def viewer(client: httpx.Client) -> str:
    """Somebody who watched two titles, of whom no other test knows."""
    name = f"pages-{uuid4().hex[:8]}"
    for title in ("t003", "t006"):
        assert client.post(EVENTS, json=event(name, title)).status_code == 202
    return name


def home(client: httpx.Client, name: str, **more: str) -> httpx.Response:
    answer = client.get(HOME, params={"viewerId": name}, headers=more)
    assert answer.status_code in {200, 304}
    return answer


def kept(client: httpx.Client, name: str) -> httpx.Response:
    """A page that is kept: news of events are heard only a moment after a replica has begun."""
    assert until(lambda: home(client, name).content == home(client, name).content)
    return home(client, name)


def test_the_same_page_is_the_same_bytes_and_a_304_for_who_has_it(client: httpx.Client) -> None:
    name = viewer(client)
    page = kept(client, name)
    assert page.headers["cache-control"] == "private, no-cache"
    again = home(client, name, **{"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == page.headers["etag"]
    other = home(client, name, **{"If-None-Match": '"another"'})
    assert other.content == page.content


def test_what_a_viewer_does_is_in_the_next_page_on_this_replica(client: httpx.Client) -> None:
    name = viewer(client)
    page = kept(client, name)
    watched = shown(page.json())[0]
    assert client.post(EVENTS, json=event(name, watched)).status_code == 202
    after = home(client, name, **{"If-None-Match": page.headers["etag"]})
    assert after.status_code == 200
    assert watched not in shown(after.json())


def test_and_within_a_second_on_the_others(client: httpx.Client, make_client: MakeClient) -> None:
    name, other = viewer(client), make_client()
    page = kept(other, name)
    watched = shown(page.json())[0]
    assert client.post(EVENTS, json=event(name, watched)).status_code == 202
    told = time.monotonic()
    assert until(lambda: watched not in shown(home(other, name).json()))
    assert time.monotonic() - told < 5  # a second, on a machine that does nothing else


def test_a_limit_that_an_ingest_changes_holds_on_kept_pages_at_once(
    client: httpx.Client, store: Path, shared_database: str, tmp_path: Path
) -> None:
    name = viewer(client)
    assert ADULT & set(shown(kept(client, name).json()))
    row = {"viewer_id": name, "consent": True, "region": "DE", "maximum_age": 12}
    pq.write_table(pa.Table.from_pylist([row], schema=VIEWERS), tmp_path / "viewers.parquet")
    # Another replica starts on a store into which was ingested since.
    other = Database(
        Settings(database_url=shared_database),
        lambda begin: take_in(begin, tmp_path),
        lambda _: None,
    )
    other.open()
    other.close()
    assert until(lambda: not ADULT & set(shown(home(client, name).json())))


def test_where_anybody_may_have_changed_no_page_is_sent_again(
    client: httpx.Client, shared_database: str
) -> None:
    name = viewer(client)
    page = kept(client, name)
    with psycopg.connect(shared_database, autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, ANYBODY))
    before = page.json()["recommendationId"]
    assert until(lambda: home(client, name).json()["recommendationId"] != before)


def test_who_only_looks_keeps_the_page(client: httpx.Client) -> None:
    name = viewer(client)
    page = kept(client, name)
    title = shown(page.json())[0]
    assert client.post(EVENTS, json=event(name, title, "impression")).status_code == 202
    assert home(client, name).content == page.content


def test_what_is_said_of_a_taste_changes_the_page(client: httpx.Client) -> None:
    name = viewer(client)
    page = kept(client, name)
    never = {"edits": [{"kind": "genre", "value": "Genre 0", "edit": "never"}]}
    assert client.patch(TASTE, params={"viewerId": name}, json=never).status_code == 200
    genres = {
        genre
        for row in home(client, name).json()["rows"]
        for i in row["items"]
        for genre in i["genres"]
    }
    assert "Genre 0" not in genres
    assert home(client, name).content != page.content


def test_another_question_has_another_page(client: httpx.Client) -> None:
    name = viewer(client)
    page = kept(client, name)
    narrowed = client.get(HOME, params={"viewerId": name, "excludeItems": shown(page.json())[0]})
    assert shown(page.json())[0] not in shown(narrowed.json())
    assert home(client, name).content == page.content


def test_a_replica_that_may_keep_nothing_makes_each_page_anew(make_client: MakeClient) -> None:
    client = make_client(cache_mb=0)
    name = viewer(client)
    ids: Callable[[], str] = lambda: home(client, name).json()["recommendationId"]  # noqa: E731
    assert ids() != ids()


def test_after_the_deadline_what_is_there_is_sent(make_client: MakeClient) -> None:
    client = make_client(deadline_ms=0.001)
    page = home(client, viewer(client)).json()
    assert page["degraded"] == ["deadline"]
    assert shown(page)
    assert 'recsys_degraded_total{rung="deadline"}' in client.get("/metrics").text


def test_pages_that_are_sent_again_are_counted_apart_from_those_that_are_made(
    make_client: MakeClient,
) -> None:
    client = make_client()
    name = viewer(client)
    kept(client, name)
    before = lookups(client)
    for _ in range(3):
        home(client, name)
    assert client.post(EVENTS, json=event(name, "t009")).status_code == 202
    home(client, name)
    hits, misses = (after - was for after, was in zip(lookups(client), before, strict=True))
    assert (hits, misses) == (3, 1)


def lookups(client: httpx.Client) -> tuple[float, float]:
    """How many pages were kept, and how many were made, as the meters say."""
    meters = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in client.get("/metrics").text.splitlines()
        if line.startswith("recsys_cache_lookups_total")
    }
    name = 'recsys_cache_lookups_total{{cache="pages",level="process",outcome="{}"}}'
    return meters[name.format("hit")], meters[name.format("miss")]

"""Answers that are kept are everybody's in one place and of one age, and nobody else's."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from tests.serving import world
from tests.serving.conftest import MakeClient, TokenFor, bearer, event, until

SEARCH = "/api/search"


def search(client: httpx.Client, q: str, **more: Any) -> dict[str, Any]:
    answer = client.get(SEARCH, params={"q": q, "limit": 100, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["contentId"] for item in answer["items"]]


def hits(client: httpx.Client) -> float:
    wanted = 'recsys_cache_lookups_total{cache="search",level="process",outcome="hit"}'
    lines = client.get("/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(wanted)), 0.0)


def test_what_was_asked_before_is_sent_again_under_an_id_of_its_own(
    make_client: MakeClient,
) -> None:
    client = make_client()
    for more in ({}, {"suggest": True}):
        first, again = (search(client, "story", **more) for _ in range(2))
        one, other = (answer.pop("recommendationId") for answer in (first, again))
        assert first == again
        assert one != other
        assert len(one) == len(other) == 32
    assert hits(client) >= 2


def test_an_age_and_a_region_have_answers_of_their_own(make_client: MakeClient) -> None:
    client, q = make_client(), "story"
    for _ in range(2):
        assert world.ADULT & set(ids(search(client, q)))
        assert not world.ADULT & set(ids(search(client, q, maximumAge=12)))
        assert not world.ADULT & set(ids(search(client, q, viewerId="v000"))), "a child's profile"
        assert not world.FRENCH & set(ids(search(client, q, viewerId="v002")))
        assert world.FRENCH & set(ids(search(client, q, region="FR")))
    for _ in range(2):
        assert search(client, q, genre="Genre 1")["total"] < search(client, q)["total"]


def test_what_one_likes_orders_nobody_elses_answer(make_client: MakeClient) -> None:
    client, q = make_client(), "story"
    viewer, newcomer = (f"kept-{uuid4().hex[:8]}" for _ in range(2))
    before = ids(search(client, q, region="DE"))
    done = [event(viewer, f"t{n:03d}", watchedPortion=1.0) for n in (2, 5, 11, 14, 20)]
    assert client.post("/api/analytics/event", json=done).status_code == 202
    mine = ids(search(client, q, viewerId=viewer, region="DE"))
    assert mine != before
    assert ids(search(client, q, region="DE")) == before
    assert ids(search(client, q, viewerId=newcomer, region="DE")) == before


def test_a_strangers_token_gets_no_viewers_answer_and_bad_questions_are_told_as_such(
    client: httpx.Client, token_for: TokenFor
) -> None:
    headers = bearer(token_for("v003"))
    asked = {"q": "story", "viewerId": "v004"}
    refused = client.get(SEARCH, params=asked, headers=headers)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.get(SEARCH, params={"q": "story"}, headers=headers).status_code == 200
    assert client.get(SEARCH, params={"q": "story"}, headers=bearer("no token")).status_code == 401
    assert client.post(SEARCH, params={"q": "story"}).status_code == 405


def test_a_kept_answer_ends_with_the_window_of_a_title(
    store: Path, tmp_path: Path, make_client: MakeClient, new_database: Callable[[], str]
) -> None:
    own = Path(shutil.copytree(store, tmp_path / "store"))
    client = make_client(store=own, database_url=new_database())
    rows = world.catalog().to_pylist()
    end = datetime.now(UTC) + timedelta(seconds=6)
    last = [one | ({"available_until": end} if one["title_id"] == "t012" else {}) for one in rows]
    beside = own / "raw" / ".titles.parquet"
    pq.write_table(pa.Table.from_pylist(last, world.catalog().schema), beside)
    beside.replace(own / "raw" / "titles.parquet")
    assert until(lambda: "t012" not in ids(search(client, "story 12 of")), 30)
    assert datetime.now(UTC) >= end

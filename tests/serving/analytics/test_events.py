"""Events are durable and counted once, in any order; what is wrong with one is named."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import permutations
from typing import Any

import httpx
import psycopg
import pytest

from tests.serving.conftest import MakeClient, event, shown

URL = "/api/analytics/event"


def taken(accepted: int, duplicates: int) -> dict[str, Any]:
    return {"accepted": accepted, "duplicates": duplicates, "rejected": []}


def page(client: httpx.Client, viewer: str) -> dict[str, Any]:
    return client.get("/api/recommendations/home", params={"viewerId": viewer}).json()


def test_the_next_page_reflects_an_event(client: httpx.Client) -> None:
    before = page(client, "reader")
    watched = shown(before)[0]
    assert client.post(URL, json=event("reader", watched)).status_code == 202
    after = page(client, "reader")
    assert watched not in shown(after)
    assert f"because-{watched}" in [row["rowId"] for row in after["rows"]]


def test_the_same_event_counts_once(client: httpx.Client) -> None:
    body = event("once", "t003")
    assert client.post(URL, json=body).json() == taken(1, 0)
    assert client.post(URL, json=body).json() == taken(1, 1)
    assert client.post(URL, json=[body, body]).json() == taken(2, 2)


def test_of_a_list_the_good_are_taken_and_the_bad_named(client: httpx.Client) -> None:
    good, bad = event("whole", "t004"), event("whole", "t004", watchedPortion=7.0)
    unknown = event("whole", "t999")
    answer = client.post(URL, json=[good, bad, unknown])
    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": [
            {"index": 1, "field": "watchedPortion", "expected": "at most 1.0", "got": 7.0},
            {"index": 2, "field": "titleId", "expected": "a title of the catalog", "got": "t999"},
        ],
    }
    assert client.post(URL, json=good).json()["duplicates"] == 1


def test_of_ten_thousand_with_one_bad_all_others_land(client: httpx.Client) -> None:
    many = [event(f"many{at % 50}", f"t{at % 6:03d}", "impression") for at in range(10_000)]
    many[7_777]["occurredAt"] = "yesterday"
    told = client.post(URL, json=many).json()
    assert told["accepted"] == 9_999
    assert [(one["index"], one["field"]) for one in told["rejected"]] == [(7_777, "occurredAt")]


def test_a_list_without_a_good_one_is_refused(client: httpx.Client) -> None:
    answer = client.post(URL, json=[event("none", "t999"), 7, event("none", "t001", region="x")])
    assert answer.status_code == 422
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["0.titleId", "1.body", "2.region"]


WEIRD = [
    '{"eventId": ' + "9" * 4000 + "}",
    '{"eventId": NaN}',
    '{"viewerId": "\\":"}',
    "[" * 100 + "]" * 100,
    "null",
    '{"": {"": [{}]}}',
]


@pytest.mark.parametrize("row", WEIRD)
def test_whatever_stands_in_a_row_the_others_are_taken(client: httpx.Client, row: str) -> None:
    answer = client.post(URL, content=f"[{row}, {json.dumps(event('weird', 't001'))}]")
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert [one["index"] for one in answer.json()["rejected"]] == [0]


def test_histories_do_not_depend_on_the_order_of_arrival(
    make_client: MakeClient, new_database: Any
) -> None:
    url = new_database()
    client = make_client(database_url=url)
    said = [
        {"eventType": "rating", "value": 2.0, "watchedPortion": 0.5},
        {"eventType": "rating", "value": 4.5},
        {"eventType": "watchlist_add"},
        {"eventType": "watchlist_remove", "watchedPortion": 0.2},
    ]
    times = [f"2024-03-0{day}T00:00:00Z" for day in (1, 2, 3, 4)]
    orders = list(permutations(range(4)))
    for at, order in enumerate(orders):
        for place in order:
            body = event(f"p{at}", "t001", occurredAt=times[place]) | said[place]
            assert client.post(URL, json=body).status_code == 202
    with psycopg.connect(url) as connection:
        query = """SELECT DISTINCT watched_portion, completed, rating, thumb, watchlisted,
            last_at AT TIME ZONE 'UTC' FROM history WHERE viewer_id ~ '^p[0-9]+$'"""
        rows = connection.execute(query).fetchall()
    assert rows == [(0.5, False, 4.5, None, False, datetime(2024, 3, 4))]  # noqa: DTZ001


def test_what_was_only_shown_leaves_no_history(make_client: MakeClient, new_database: Any) -> None:
    url = new_database()
    client = make_client(database_url=url)
    client.post(
        URL, json=[event("idle", "t001", "impression"), event("idle", None, "search", query="x")]
    )
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (2,)
        query = "SELECT count(*) FROM history WHERE viewer_id = 'idle'"
        assert connection.execute(query).fetchone() == (0,)


def test_many_writers_at_once_lose_nothing(client: httpx.Client) -> None:
    bodies = [event(f"w{at % 7}", f"t{at % 6:03d}") for at in range(120)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: client.post(URL, json=body), [*bodies, *bodies]))
    assert {answer.status_code for answer in answers} == {202}
    assert sum(answer.json()["duplicates"] for answer in answers) == len(bodies)


FUTURE = "2999-01-01T00:00:00+00:00"
BAD = [
    ("eventId", "not-a-uuid"),
    ("eventId", None),
    ("eventType", "stared"),
    ("viewerId", ""),
    ("viewerId", "a\u0000b"),
    ("viewerId", 7),
    ("viewerId", "x" * 201),
    ("occurredAt", FUTURE),
    ("occurredAt", "2024-03-02T20:00:00"),
    ("occurredAt", "yesterday"),
    ("occurredAt", "0001-01-01T00:00:00Z"),
    ("watchedPortion", 1.5),
    ("watchedPortion", True),
    ("watchedPortion", "0.5"),
    ("positionSeconds", -1.0),
    ("durationSeconds", 1e300),
    ("rowRank", False),
    ("rowRank", 1.5),
    ("rowRank", 2**40),
    ("propensity", 0.0),
    ("region", "Germany"),
    ("deviceType", "fridge"),
    ("clientAddress", "10.0.0.1"),
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=lambda one: repr(one)[:30])
def test_what_is_wrong_with_an_event_is_named(
    client: httpx.Client, field: str, value: object
) -> None:
    answer = client.post(URL, json=event("bad", "t001") | {field: value})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("rating", None, "value"),
        ("rating", 6.0, "value"),
        ("thumb", 0.5, "value"),
        ("complete", 1.0, "value"),
    ],
)
def test_a_value_fits_its_event(
    client: httpx.Client, kind: str, value: float | None, field: str
) -> None:
    answer = client.post(URL, json=event("bad", "t001", kind, value=value))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_only_a_search_goes_without_a_title(client: httpx.Client) -> None:
    answer = client.post(URL, json=event("bad", None, "play"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "titleId")
    assert client.post(URL, json=event("bad", None, "search", query="ships")).status_code == 202


def test_only_camel_case_is_taken(client: httpx.Client) -> None:
    body = event("bad", "t001")
    snake = {"viewer_id": body.pop("viewerId"), **body}
    fields = [error["field"] for error in client.post(URL, json=snake).json()["errors"]]
    assert sorted(fields) == ["viewerId", "viewer_id"]


def test_a_key_that_comes_twice_is_named(client: httpx.Client) -> None:
    one, other = (json.dumps(event("twice", "t001")) for _ in range(2))
    twice = other.replace('"viewerId"', '"viewerId": "someone", "viewerId"')
    fault = {"field": "viewerId", "expected": "one value", "got": '["someone","twice"]'}
    answer = client.post(URL, content=twice)
    assert (answer.status_code, answer.json()["errors"]) == (422, [fault])
    answer = client.post(URL, content=f"[{one}, {twice}]")
    assert answer.status_code == 202
    assert answer.json() == taken(1, 0) | {"rejected": [{"index": 1} | fault]}


PLAIN = [
    (b"", "body: expected valid JSON (EOF while parsing a value at line 1 column 0), got nothing"),
    (b"7", "body: expected an object, got 7"),
    (b"[]", "body: expected a list of at least 1, got []"),
    ({"region": "norway"}, "region: expected two capital letters, such as NO, got norway"),
    ({"viewerId": ""}, "viewerId: expected text of at least 1 character, got nothing"),
    ({"viewerId": None}, "viewerId: expected text, got nothing"),
    ({"rowRank": 1.5}, "rowRank: expected a whole number, got 1.5"),
    ({"watchedPortion": True}, "watchedPortion: expected a number, got true"),
    (
        {"deviceType": "fridge"},
        "deviceType: expected one of tv, phone, tablet or desktop, got fridge",
    ),
    ({"extra": [1, "a"]}, 'extra: expected no field of this name, got [1,"a"]'),
]


@pytest.mark.parametrize(("wrong", "said"), PLAIN)
def test_what_is_wrong_is_said_in_plain_words(client: httpx.Client, wrong: Any, said: str) -> None:
    if isinstance(wrong, dict):
        wrong = json.dumps(event("bad", "t001") | wrong).encode()
    assert client.post(URL, content=wrong).json()["detail"] == said


def test_what_is_missing_came_as_nothing(client: httpx.Client) -> None:
    body = event("bad", "t001")
    del body["eventId"]
    assert client.post(URL, json=body).json()["detail"] == "eventId: expected a value, got nothing"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number_is_named(client: httpx.Client, number: str) -> None:
    text = json.dumps(event("bad", "t001", watchedPortion=0.123)).replace("0.123", number)
    answer = client.post(URL, content=text)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "watchedPortion"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b"[[]]", b'"text"'])
def test_what_is_no_event_at_all_is_refused(client: httpx.Client, body: bytes) -> None:
    assert client.post(URL, content=body).status_code == 422


def test_too_many_events_are_refused(client: httpx.Client) -> None:
    answer = client.post(URL, json=[event("many", "t001")] * 10_001)
    assert answer.status_code == 422


def test_an_event_on_an_unknown_title_names_it(client: httpx.Client) -> None:
    answer = client.post(URL, json=event("bad", "t999"))
    assert answer.status_code == 404
    assert answer.json()["errors"] == [
        {"field": "titleId", "expected": "a title of the catalog", "got": "t999"}
    ]


def test_an_episode_counts_for_its_series(client: httpx.Client) -> None:
    assert client.post(URL, json=event("binge", "e1")).status_code == 202
    rows = page(client, "binge")["rows"]
    assert [row["rowId"] for row in rows if "s00" in shown({"items": row["items"]})] == [
        "continue-watching"
    ]


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_of_16_mb_is_refused(client: httpx.Client, *, declared: bool) -> None:
    def chunks() -> Any:
        for _ in range(16):
            yield b" " * 1_000_000

    answer = client.post(URL, content=b" " * 16_000_000 if declared else chunks())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    error = answer.json()["errors"][0]
    assert (error["field"], error["expected"]) == ("body", "at most 8,000,000 bytes")
    assert answer.json()["detail"] == f"body: expected at most 8,000,000 bytes, got {error['got']}"
    assert f'route="{URL}",status="413"' in client.get("/metrics").text

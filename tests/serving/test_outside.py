"""Every answer has the id of its request and headers that keep a browser safe, whatever it is an answer to."""

from collections.abc import Iterator

import httpx
import pytest
import structlog

from serving.outside import Outside
from tests.serving.conftest import MakeClient, TokenFor, answering, bearer, until

HOME = "/api/recommendations/home"


def answers(client: httpx.Client) -> Iterator[httpx.Response]:
    """One of every kind."""
    page = client.get(HOME)
    yield page
    yield client.get(HOME, headers={"If-None-Match": page.headers["etag"]})
    yield client.get("/")
    yield client.get("/docs")
    yield client.get("/static/app.js")
    yield client.get("/artwork/t000.svg")
    yield client.get("/health")
    yield client.get("/nowhere")
    yield client.put(HOME)
    yield client.get(HOME, params={"limit": "x"})
    yield client.get(HOME, headers=bearer("nonsense"))
    yield client.post("/api/analytics/event", content=b"x" * 2_000_000)


def test_every_answer_has_an_id_and_is_safe_in_a_browser(client: httpx.Client) -> None:
    ids = set()
    for answer in answers(client):
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert len(headers.get_list("cache-control")) == 1, "no cache is left to guess"
        assert "default-src 'none'" in headers["content-security-policy"] or (
            "default-src 'self'" in headers["content-security-policy"]
        )
        assert len(headers.get_list("content-security-policy")) == 1
        ids.add(headers["x-request-id"])
    assert len(ids) == len(list(answers(client)))


def test_an_id_that_comes_goes_back_and_is_in_the_problem(client: httpx.Client) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": "edge-7:42"})
    assert answer.headers["x-request-id"] == "edge-7:42"
    assert answer.json()["requestId"] == "edge-7:42"


@pytest.mark.parametrize("brought", ["", "a b", "x" * 65, "é", '"}'])
def test_an_id_that_would_dirty_a_log_is_replaced(client: httpx.Client, brought: str) -> None:
    answer = client.get("/health", headers={"X-Request-ID": brought.encode()})
    assert len(answer.headers["x-request-id"]) == 32


def test_a_fault_of_ours_is_told_under_its_id_and_no_more() -> None:
    async def fails(scope: object, receive: object, send: object) -> None:
        raise RuntimeError("the secret of the house")

    with (
        answering(Outside(fails, lines=True)) as client,
        structlog.testing.capture_logs(
            processors=[structlog.contextvars.merge_contextvars]
        ) as lines,
    ):
        answer = client.get("/x", headers={"X-Request-ID": "one"})
        assert until(lambda: any(line["event"] == "request" for line in lines))
    assert answer.status_code == 500
    assert answer.json()["requestId"] == answer.headers["x-request-id"] == "one"
    assert "secret" not in answer.text
    failed, request = (line for line in lines if line.get("request_id") == "one")
    assert (failed["event"], str(failed["exc_info"])) == (
        "request.failed",
        "the secret of the house",
    )
    assert (request["event"], request["status"]) == ("request", 500)


def test_a_request_is_a_line_by_its_route(make_client: MakeClient) -> None:
    client = make_client()
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as lines:
        sent = {"X-Request-ID": "two"}
        client.get("/api/recommendations/similar/t000", params={"viewerId": "v001"}, headers=sent)
        assert until(lambda: any(one.get("request_id") == "two" for one in lines))
    (line,) = (one for one in lines if one["event"] == "request" and one["request_id"] == "two")
    assert line["route"] == "/api/recommendations/similar/{contentId}"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["ms"] > 0
    assert "v001" not in str(line)


def test_pages_of_named_origins_may_call_from_a_browser(
    make_client: MakeClient, token_for: TokenFor
) -> None:
    client = make_client(cors_origins="https://tv.example, https://m.example", open_access=False)
    asks = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = client.options("/api/user/taste", headers=asks | {"Origin": "https://m.example"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://m.example"
    assert "access-control-allow-credentials" not in preflight.headers
    other = client.options("/api/user/taste", headers=asks | {"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
    refused = client.get(HOME, headers={"Origin": "https://tv.example"})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "https://tv.example"


def test_without_the_setting_no_other_origin_may(client: httpx.Client) -> None:
    answer = client.get(HOME, headers={"Origin": "https://tv.example"})
    assert "access-control-allow-origin" not in answer.headers

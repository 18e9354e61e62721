"""What a cache between us and the clients may keep, and that nobody is ever sent another's answer from it.

The cache of this test follows RFC 9111 to the letter and forgets nothing. Each caller warms it, then all others ask through it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from recsys.settings import Settings
from serving.postgres import EmbeddedPostgres
from tests.serving.accounts.people import somebody
from tests.serving.conftest import TokenFor, bearer, database_in, serving
from tests.serving.stranger import Call, Person, UnknownNameError, filled, operations

PUBLIC = {
    "get /.well-known/jwks.json",
    "get /api/content/trending",
    "get /api/content/categories",
    "get /api/content/new-releases",
    "get /api/content/{contentId}",
}
"""Calls of which an answer may be everybody's; all others are of whoever asks, or are never kept."""
FILES = ("/", "/docs", "/static/app.js", "/artwork/t000.svg")
ADULT = "t007"


@dataclass
class SharedCache:
    """Keeps what it may and sends it to whoever asks the same (RFC 9111, sections 3 and 4.1)."""

    kept: list[tuple[httpx.Request, httpx.Response]] = field(default_factory=list)

    def keep(self, answer: httpx.Response) -> None:
        said = directives(answer)
        forbidden = {"no-store", "private"} & set(said)
        asked_by_token = "authorization" in answer.request.headers
        allowed = {"public", "s-maxage", "must-revalidate"} & set(said)
        if not forbidden and (allowed or not asked_by_token):
            self.kept.append((answer.request, answer))

    def find(self, request: httpx.Request) -> httpx.Response | None:
        return next((one for asked, one in self.kept if _same(asked, request, one)), None)


def directives(answer: httpx.Response) -> dict[str, str]:
    """What ``Cache-Control`` says."""
    said = answer.headers.get("cache-control", "")
    pairs = (part.strip().partition("=") for part in said.split(",") if part.strip())
    return {name.lower(): value for name, _, value in pairs}


def _same(asked: httpx.Request, request: httpx.Request, answer: httpx.Response) -> bool:
    vary = [one.strip() for one in answer.headers.get("vary", "").split(",") if one.strip()]
    return (
        (asked.method, asked.url) == (request.method, request.url)
        and "*" not in vary
        and all(asked.headers.get(one) == request.headers.get(one) for one in vary)
    )


@dataclass(frozen=True)
class Asked:
    """One call by one caller, and its answer."""

    name: str
    who: str
    answer: httpx.Response


@pytest.fixture(scope="module")
def people(store: Path, registry: Path, postgres: EmbeddedPostgres, token_for: TokenFor) -> Iterator[tuple[httpx.Client, dict[str, str | None]]]:  # fmt: skip
    """A replica that answers who has no token too, and tokens by who has them."""
    settings = Settings(
        store=store, registry=registry, database_url=database_in(postgres), open_access=True
    )
    with serving(settings) as client:
        parent, other = somebody(client, token_for), somebody(client, token_for)
        profiles = {"viewer": parent, "kid": parent.child(7), "other": other}
        profiles["french"] = other.on("v001")
        for one in profiles.values():
            one.watched("t004")
        tokens: dict[str, str | None] = {
            name: token_for(one.viewer, account=one.account) for name, one in profiles.items()
        }
        staff, backend = token_for(scopes="staff"), token_for(scopes="service")
        yield client, tokens | {"staff": staff, "backend": backend, "nobody": None}


@pytest.fixture(scope="module")
def answers(people: tuple[httpx.Client, dict[str, str | None]]) -> list[Asked]:
    """Everything that may be asked for without changing anything, by everybody."""
    client, tokens = people
    api = client.get("/openapi.json").json()
    found = []
    for name, path, params in [*_calls(api), *_more_calls()]:
        for who, token in tokens.items():
            headers = {} if token is None else bearer(token)
            found.append(Asked(name, who, client.get(path, params=params, headers=headers)))
    return found


def _calls(api: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    nobody = Person("", "", "", dict.fromkeys(("recommendationId", "cursor", "profileId", "reviewId"), "zzz"))  # fmt: skip
    for name in operations(api):
        if not name.startswith("get "):
            continue
        for bare in (True, False):
            try:
                call: Call = filled(api, name, nobody, nobody, bare=bare)
            except UnknownNameError:
                raise AssertionError(name) from None
            yield name, call.path, {key: value for key, value in call.params.items() if value}


def _more_calls() -> Iterator[tuple[str, str, dict[str, str]]]:
    """What is of the catalog, as it is asked for by place and age, and titles that not all may see."""
    for path in ("trending", "categories", "new-releases"):
        for params in ({"region": "FR"}, {"maximumAge": "7"}, {"maximumAge": "18"}):
            yield f"get /api/content/{path}", f"/api/content/{path}", params
    for title in (ADULT, "t008", "t009", "zzz"):
        yield "get /api/content/{contentId}", f"/api/content/{title}", {}
    for path in FILES:
        yield path, path, {}


def test_no_cache_sends_anybody_what_they_would_not_have_been_sent(answers: list[Asked]) -> None:
    compared = 0
    for name in {one.name for one in answers}:
        mine = [one for one in answers if one.name == name]
        for first in mine:
            cache = SharedCache()
            cache.keep(first.answer)
            for other in mine:
                sent = cache.find(other.answer.request)
                if sent is not None:
                    compared += other.who != first.who
                    assert (sent.status_code, sent.content) == (other.answer.status_code, other.answer.content), (name, first.who, other.who)  # fmt: skip
    assert compared > 10, "files and keys at least are everybody's"


def test_what_may_be_kept_by_all_is_known_by_name(answers: list[Asked]) -> None:
    public = {one.name for one in answers if "public" in directives(one.answer)}
    assert public == PUBLIC | set(FILES)


def test_every_answer_to_a_viewer_is_theirs_alone(answers: list[Asked]) -> None:
    viewers = {"viewer", "kid", "other", "french"}
    for one in answers:
        if one.who in viewers and not one.name.startswith("/") and "well-known" not in one.name:
            assert {"private", "no-store"} & set(directives(one.answer)), (one.name, one.who)


def test_what_is_refused_is_kept_by_nobody(answers: list[Asked]) -> None:
    refused = [one for one in answers if one.answer.status_code >= 400]
    assert {one.answer.status_code for one in refused} >= {400, 401, 403, 404}
    assert all("no-store" in directives(one.answer) for one in refused)


def test_what_may_be_kept_has_a_tag_and_says_on_whom_it_depends(answers: list[Asked]) -> None:
    for one in answers:
        if one.name.startswith("get /api/content") and "public" in directives(one.answer):
            assert re.fullmatch(r'"[0-9a-f]{24}"', one.answer.headers["etag"])
            assert one.answer.headers["vary"].lower() == "authorization, accept-language"


def test_a_child_is_not_sent_what_a_grown_up_left_in_the_cache(answers: list[Asked]) -> None:
    by = {
        one.who: one.answer
        for one in answers
        if one.answer.request.url.path == f"/api/content/{ADULT}"
    }
    assert by["nobody"].status_code == by["other"].status_code == 200
    assert by["kid"].status_code == 404
    cache = SharedCache()
    for who in ("nobody", "backend", "staff", "other"):
        cache.keep(by[who])
    assert cache.find(by["nobody"].request) is by["nobody"]
    assert cache.find(by["kid"].request) is None


def test_the_cache_of_the_test_would_be_wrong_where_an_answer_said_nothing() -> None:
    asked = httpx.Request("GET", "http://x/", headers=bearer("one"))
    cache = SharedCache()
    cache.keep(httpx.Response(200, headers={"Cache-Control": "public"}, request=asked))
    assert cache.find(httpx.Request("GET", "http://x/", headers=bearer("other"))) is not None

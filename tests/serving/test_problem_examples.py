"""Every problem that the API describes is one that the route really gives: each is asked wrongly in every way that it can be."""

import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from recsys.settings import Settings
from serving.identity.contracts import Scope
from serving.identity.issuer import Issuer
from serving.limits import LARGER, MAX_BODY_BYTES
from serving.postgres import EmbeddedPostgres
from serving.subscriptions.signatures import HEADER, secret_of, signed
from tests.serving.conftest import bearer, database_in, serving
from tests.serving.stranger import Call, Person, filled, operations
from tests.serving.target import DESCRIPTION, VIEWER, callers_of, settings_of

WEBHOOK = "/api/subscription/webhook"
PROBLEM = "application/problem+json"
ASKED_FOR = {"400", "401", "403", "404", "405", "413", "422"}
"""Statuses that come of what is asked alone; all others come of how things stand, and have tests of their own."""
MEANWHILE = {"put /api/user/preferences": "404"}
"""What comes only if a profile is taken away while its own call is under way."""
NAMES = {"contentId", "titleId", "rowId", "promotionId", "profileId"}
"""Of what there may be none."""
MADE_UP = {
    "recommendationId": str(uuid4()),
    "cursor": "zzz",
    "profileId": "zzz",
    "reviewId": str(uuid4()),
}
MORE = (
    {"filter": "genre ="},
    {"titles": ["zzz"]},
    {"parental": {"maximumAge": None}},
    {"viewerId": ""},
)
"""What is wrong in those bodies that may have it."""
METHODS = ("PUT", "PATCH", "DELETE", "POST", "GET")
OPERATIONS = list(operations(DESCRIPTION))


@pytest.fixture(scope="module")
def given(
    tmp_path_factory: pytest.TempPathFactory, registry: Path, postgres: EmbeddedPostgres
) -> dict[str, dict[str, set[str]]]:
    """The types of problems that each call gave, by status."""
    settings = settings_of(tmp_path_factory.mktemp("wrongly"), registry, database_in(postgres))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with serving(settings) as client:
        callers = callers_of(settings) | {"liar": {"Authorization": "Bearer nonsense"}}
        callers["child"] = _child(client, settings)
        secret = secret_of(settings)
        for name in OPERATIONS:
            for call in _wrongly(name):
                for caller in callers.values():
                    answer = _sent(client, call, caller, secret)
                    if answer.headers.get("content-type") == PROBLEM:
                        found[name][str(answer.status_code)].add(_told(answer.json()))
            path = name.split(" ")[1]
            other = next(one for one in METHODS if one.lower() not in DESCRIPTION["paths"][path])
            answer = client.request(other, _filled(name).path, headers=callers["staff"])
            found[name][str(answer.status_code)].add(_told(answer.json()))
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_problem_that_is_described_is_one_that_the_call_gives(
    name: str, given: dict[str, dict[str, set[str]]]
) -> None:
    wrong = {
        status: (shown, sorted(given[name][status]))
        for status, shown in described(name).items()
        if status in ASKED_FOR - {MEANWHILE.get(name)} and shown not in given[name][status]
    }
    assert not wrong, "what is shown, and what came"


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_problem_comes_that_is_not_described(
    name: str, given: dict[str, dict[str, set[str]]]
) -> None:
    assert set(given[name]) <= set(described(name))


def described(name: str) -> dict[str, str]:
    """The type of the problem that a call shows for each status."""
    answers = _operation(name)["responses"]
    return {
        status: _told(answer["content"][PROBLEM]["example"])
        for status, answer in answers.items()
        if PROBLEM in answer.get("content", {})
    }


def _told(problem: dict[str, Any]) -> str:
    """What a problem says of what is wrong: its type, and the field that it names first."""
    fields = [one["field"] for one in problem["errors"]]
    return " ".join([problem["type"].rsplit("/", maxsplit=1)[-1], *fields[:1]])


def _child(client: httpx.Client, settings: Settings) -> dict[str, str]:
    """Somebody with a limit, which nothing takes away without the account's PIN."""
    scopes = [Scope.VIEWER]
    child = bearer(Issuer.of(settings).issue("account-2", scopes, viewer_id="child", minutes=60))
    body = {"parental": {"maximumAge": 12, "newPin": "4711"}}
    assert client.put("/api/user/preferences", json=body, headers=child).status_code == 200
    return child


def _filled(name: str, viewer: str = VIEWER, *, bare: bool = False) -> Call:
    person = Person(viewer, "account-1", "", dict(MADE_UP))
    return filled(DESCRIPTION, name, person, person, bare=bare)


def _wrongly(name: str) -> Iterator[Call]:
    """The call with things that are not there, another's, or not what they should be; and as it should be."""
    whole, bare = _filled(name), _filled(name, bare=True)
    yield from (whole, bare, _filled(name, "somebody-else"))
    yield replace(bare, path=_named_wrong(name, "zzz"))
    yield replace(bare, path=_named_wrong(name, "z" * 500))
    yield replace(bare, params=bare.params | {"no-such-thing": "1"})
    for one in _operation(name).get("parameters", []):
        if one["in"] == "query":
            for wrong in ("zzz", "", "genre =", "z" * 500):
                yield replace(bare, params=bare.params | {one["name"]: wrong})
    for media_type in _operation(name).get("requestBody", {"content": ()})["content"]:
        yield replace(bare, media_type=media_type, content=b"{")
    if bare.media_type is not None:
        most = LARGER.get(bare.path, MAX_BODY_BYTES)
        for wrong in (b"{", b"{}", b"[]", b"x" * (most + 1)):
            yield replace(bare, content=wrong)
        if not isinstance(bare.content, bytes):
            yield replace(bare, content=_unknown(bare.content))
        if isinstance(bare.content, dict):
            for more in MORE:
                yield replace(bare, content=bare.content | more)


def _operation(name: str) -> dict[str, Any]:
    method, path = name.split(" ")
    operation: dict[str, Any] = DESCRIPTION["paths"][path][method]
    return operation


def _named_wrong(name: str, wrong: str) -> str:
    """The path, with things that are not there."""
    return re.sub(
        r"\{(\w+)\}",
        lambda one: MADE_UP.get(one[1], wrong) if wrong == "zzz" else wrong,
        name.split(" ")[1],
    )


def _unknown(body: Any) -> Any:
    """A body that speaks of titles that are not there."""
    if isinstance(body, list):
        return [_unknown(one) for one in body]
    if not isinstance(body, dict):
        return body
    return {key: "zzz" if key in NAMES else _unknown(value) for key, value in body.items()}


def _sent(
    client: httpx.Client, call: Call, caller: dict[str, str], secret: bytes
) -> httpx.Response:
    headers = caller | call.headers | ({"Content-Type": call.media_type} if call.media_type else {})
    raw = isinstance(call.content, bytes)
    how: dict[str, Any] = {"content": call.content} if raw else {"json": call.content}
    how = {} if call.content is None else how
    request = client.build_request(
        call.method, call.path, params=call.params, headers=headers, **how
    )
    if call.path == WEBHOOK and caller:
        request.headers[HEADER] = signed(secret, request.content, time.time())
    return client.send(request)

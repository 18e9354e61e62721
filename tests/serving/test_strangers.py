"""A stranger walks every route that the API describes, and neither reads nor changes what is another's.

The victim walks first, so that there is something of theirs everywhere; then the stranger with the victim's ids,
then somebody without a token. Last come the victim's own deletions, which find that all is there still.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from recsys.settings import Settings
from serving.app import create_app
from serving.postgres import EmbeddedPostgres
from tests.serving.conftest import TokenFor, bearer, database_in, event, serving, until
from tests.serving.stranger import Call, Person, UnknownNameError, filled, operations

PUBLIC = {
    "get /health",
    "get /ready",
    "get /.well-known/jwks.json",
}
"""Calls that anybody may make on any replica: what they answer is of nobody."""
SIGNED = {"post /api/subscription/webhook"}
"""Calls that show another proof than a token, and are answered to nobody who walks here."""
FILES = {"/", "/docs", "/openapi.json", "/static", "/artwork"}
"""What is served and not described: files of ours, the same for everybody."""
REFUSED = {400, 403, 404}


@dataclass(frozen=True)
class Step:
    """One call that was made, and its answer."""

    name: str
    call: Call
    answer: httpx.Response


@dataclass
class Walk:
    """All that happened."""

    victim: Person
    by_owner: list[Step] = field(default_factory=list)
    by_stranger: list[Step] = field(default_factory=list)
    by_nobody: list[Step] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def walk(store: Path, registry: Path, own_database: str, token_for: TokenFor) -> Iterator[Walk]:
    settings = Settings(
        store=store, registry=registry, database_url=own_database, open_access=False
    )
    with serving(settings) as client:
        api = client.get("/openapi.json").json()
        victim = _person("victim", token_for)
        stranger = _person("stranger", token_for)
        backend, staff = token_for(scopes="service"), token_for(scopes="staff")
        _settle(client, victim)
        _settle(client, stranger)
        walk = Walk(victim)
        names = _known(api, victim, walk.unknown)
        kept = [name for name in names if not name.startswith("delete ")]

        def made(names: list[str], viewer: Person, token: str | None, **how: bool) -> list[Step]:
            calls = [(name, filled(api, name, viewer, victim, **how)) for name in names]
            return [Step(name, call, _sent(client, call, token)) for name, call in calls]

        for token in (victim.token, backend, staff):
            walk.by_owner += made(kept, victim, token)
        walk.before = _settled(own_database, victim)
        for viewer in (victim, stranger):
            walk.by_stranger += made(names, viewer, stranger.token)
        walk.by_stranger += made(names, victim, stranger.token, bare=True)
        walk.by_nobody += made(names, victim, None)
        walk.after = _settled(own_database, victim)
        for token in (victim.token, backend, staff):
            walk.by_owner += made([name for name in names if name not in kept], victim, token)
        yield walk


@pytest.fixture(scope="module")
def own_database(postgres: EmbeddedPostgres) -> str:
    return database_in(postgres)


def test_the_walk_knows_how_to_fill_every_call(walk: Walk) -> None:
    assert not walk.unknown, "see tests/serving/stranger.py"


def test_every_call_is_answered_to_somebody_so_a_refusal_is_of_the_stranger(walk: Walk) -> None:
    answered = {step.name for step in walk.by_owner if step.answer.status_code < 400} | SIGNED
    told = {step.name: step.answer.text for step in walk.by_owner if step.name not in answered}
    assert not told


def test_a_stranger_who_names_another_is_refused(walk: Walk) -> None:
    named = [step for step in walk.by_stranger if _names(step, walk.victim)]
    assert {step.name for step in named} > {"get /api/user/taste", "post /api/analytics/event"}
    passed = {
        step.name: step.answer.text for step in named if step.answer.status_code not in REFUSED
    }
    assert not passed


def test_no_answer_to_a_stranger_holds_anything_of_another(walk: Walk) -> None:
    told = {
        step.name: mark
        for step in walk.by_stranger + walk.by_nobody
        for mark in walk.victim.marks
        if step.answer.is_success and mark in step.answer.text
    }
    assert not told


def test_nobody_is_answered_on_a_closed_replica_but_where_all_are(walk: Walk) -> None:
    assert {step.name for step in walk.by_nobody if step.answer.status_code != 401} == PUBLIC


def test_no_answer_at_all_is_a_fault_of_ours(walk: Walk) -> None:
    steps = walk.by_owner + walk.by_stranger + walk.by_nobody
    assert not {step.name: step.answer.text for step in steps if step.answer.status_code >= 500}


def test_nothing_of_another_has_changed(walk: Walk) -> None:
    assert walk.before, "the victim has something"
    assert not walk.before - walk.after, "what was there is there, as it was"
    assert not walk.after - walk.before, "and nothing came in the victim's name"


def test_what_is_not_described_is_files_alone() -> None:
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:9/nothing"))
    served = {path for route in app.routes if (path := getattr(route, "path", None))}
    assert served - set(app.openapi()["paths"]) <= FILES


def test_the_walk_stops_at_what_it_does_not_know() -> None:
    somebody = Person("v1", "a1", "")
    parameter = {"name": "friendId", "in": "query", "required": True, "example": "v2"}
    body = {"content": {"application/json": {"schema": {}, "example": {"ownerId": "v2"}}}}
    api = {"paths": {"/x": {"get": {"parameters": [parameter]}, "post": {"requestBody": body}}}}
    for name in ("get /x", "post /x"):
        with pytest.raises(UnknownNameError):
            filled(api, name, somebody, somebody)


def test_what_is_optional_in_a_body_is_named_too() -> None:
    somebody = Person("v1", "a1", "")
    properties = {"note": {"type": "string"}, "viewerId": {"type": "string"}}
    schema = {"anyOf": [{"properties": properties}, {"type": "null"}]}
    body = {"content": {"application/json": {"schema": schema, "example": {"note": "hi"}}}}
    call = filled({"paths": {"/x": {"post": {"requestBody": body}}}}, "post /x", somebody, somebody)
    assert call.content == {"note": "hi", "viewerId": "v1"}
    assert call.named == {"viewerId"}


def _person(name: str, token_for: TokenFor) -> Person:
    viewer_id, account_id = f"{name}-profile-5d21", f"{name}-account-77aa"
    token = token_for(viewer_id, account=account_id)
    return Person(viewer_id, account_id, token, {"profileId": viewer_id})


def _settle(client: httpx.Client, person: Person) -> None:
    """Let somebody watch, and be shown a page whose id and cursor are theirs."""
    headers = bearer(person.token)
    watched = [event(person.viewer_id, title, watchedPortion=1.0) for title in ("t001", "t004")]
    assert client.post("/api/analytics/event", json=watched, headers=headers).status_code == 202
    page = client.get("/api/recommendations/home", params={"rows": 1}, headers=headers).json()
    person.things |= {"recommendationId": page["recommendationId"], "cursor": page["nextCursor"]}
    for title in ("t005", "t006"):
        listed = client.post(f"/api/user/watchlist/{title}", headers=headers)
        assert listed.status_code == 200
    for path in ("/api/user/watchlist", "/api/user/history"):
        part = client.get(path, params={"limit": 1}, headers=headers).json()
        person.things[f"cursor of get {path}"] = part["nextCursor"]
    said = {"contentId": "t001", "review": "So it was."}
    review = client.post("/api/feedback/rating", json=said, headers=headers).json()["review"]
    person.things["reviewId"] = review["reviewId"]
    replay = f"/api/recommendations/replay/{page['recommendationId']}"
    assert until(lambda: client.get(replay, headers=headers).is_success)


def _known(api: dict[str, Any], person: Person, unknown: list[str]) -> list[str]:
    names = []
    for name in operations(api):
        try:
            filled(api, name, person, person)
            names.append(name)
        except UnknownNameError as error:
            unknown.append(f"{name}: {error}")
    return names


def _sent(client: httpx.Client, call: Call, token: str | None) -> httpx.Response:
    headers = call.headers | ({} if token is None else bearer(token))
    if call.media_type:
        headers["Content-Type"] = call.media_type
    raw = isinstance(call.content, bytes)
    how: dict[str, Any] = {"content": call.content} if raw else {"json": call.content}
    if call.content is None:
        how = {}
    return client.request(call.method, call.path, params=call.params, headers=headers, **how)


def _names(step: Step, victim: Person) -> bool:
    """Whether a call names something of the victim's, and not the viewer id of who makes it alone."""
    said = f"{step.call.path} {step.call.params} {step.call.content}"
    things = {victim.viewer_id} | {
        thing
        for name, thing in victim.things.items()
        if name.split(" ", maxsplit=1)[0] in step.call.named - {"viewerId"}
    }
    return any(thing in said for thing in things)


def _settled(database: str, victim: Person) -> Counter[str]:
    """What the database holds of somebody, once nothing of it changes any more."""
    seen: list[Counter[str]] = []

    def still() -> bool:
        seen.append(_rows(database, victim))
        return len(seen) > 8 and seen[-1] == seen[-8]

    assert until(still)
    return seen[-1]


def _rows(database: str, victim: Person) -> Counter[str]:
    """Every row of every table that names somebody."""
    held: Counter[str] = Counter()
    with psycopg.connect(database) as connection:
        tables = connection.execute(
            "SELECT quote_ident(table_name) FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (table,) in tables:
            for (row,) in connection.execute(
                f"SELECT row_to_json(t)::text FROM {table} AS t"  # noqa: S608  names of the database's own
            ):
                if any(mark in row for mark in victim.marks):
                    held[f"{table} {row}"] += 1
    return held

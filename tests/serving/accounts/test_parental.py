"""Nothing above a profile's limit is shown or named, wherever it is looked for, from the moment the limit is set."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recsys.settings import Settings
from tests.serving.accounts.people import (
    HISTORY,
    PIN,
    WATCHLIST,
    Person,
    refusal,
    somebody,
)
from tests.serving.conftest import TokenFor, bearer, event, serving, shown, until
from tests.serving.world import ADULT

ROOT = "/api/recommendations"
NAMES = {f"Story {int(title[1:])} of " for title in ADULT}


@pytest.fixture
def ida(client: httpx.Client, token_for: TokenFor) -> Person:
    """A child who has to do with what is for adults, from before the profile was a child's."""
    parent = somebody(client, token_for)
    parent.prefer(parental={"newPin": PIN})
    child = parent.on(parent.add(region="DE").json()["profileId"])
    titles = sorted(ADULT)
    child.watched("t001", "t004", *titles[:3])
    child.did(*(("watchlist_add", title) for title in ("t010", *titles[2:4])))
    assert child.limit(7, kids=True).status_code == 200
    return child


def tells_adults(text: str) -> set[str]:
    return {one for one in ADULT if f'"{one}"' in text or f"'{one}'" in text} | {
        name for name in NAMES if name in text
    }


def surfaces(ida: Person) -> dict[str, Callable[[], str]]:
    """Every way to an answer of a profile, each as text."""

    def get(path: str, **query: Any) -> Callable[[], str]:
        return lambda: ida.call("GET", path, params=query).text

    def batch() -> str:
        sink = io.BytesIO()
        pq.write_table(pa.table({"viewer_id": [ida.viewer]}), sink)
        backend = bearer(ida.token_for(scopes="service", account="backend"))
        answer = ida.client.post(f"{ROOT}/batch", content=sink.getvalue(), headers=backend)
        assert answer.status_code == 200, answer.text
        return str(pq.read_table(io.BytesIO(answer.content)).to_pylist())

    def merged() -> str:
        """The page after a guest's session, full of what is for adults, became the child's."""
        events = [event("x", title) for title in sorted(ADULT)[3:]]
        session = [{k: v for k, v in one.items() if k != "viewerId"} for one in events]
        body = {"viewerId": ida.viewer, "events": session}
        assert ida.call("POST", "/api/sessions/merge", json=body).status_code == 202
        return ida.call("GET", f"{ROOT}/home").text + ida.call("GET", HISTORY).text

    def more() -> str:
        first = ida.call("GET", f"{ROOT}/home", params={"rows": 1, "titles": 1}).json()
        cursors = [first["nextCursor"], *(row["nextCursor"] for row in first["rows"])]
        answers = [
            ida.call("GET", f"{ROOT}/home/more", params={"cursor": one}).text
            for one in cursors
            if one
        ]
        return str(first) + "".join(answers)

    return {
        "home": get(f"{ROOT}/home"),
        "home by a wish": get(f"{ROOT}/home", maximumAge=18),
        "cursors": more,
        **{
            f"titles, {algorithm}": get(ROOT, algorithm=algorithm, limit=100)
            for algorithm in ("hybrid", "collaborative", "content-based")
        },
        "similar to what is for adults": get(f"{ROOT}/similar/t017", limit=100),
        "similar": get(f"{ROOT}/similar/t000", limit=100),
        "explain": get(f"{ROOT}/explain", contentId="t000"),
        "onboarding": get(f"{ROOT}/onboarding", limit=100),
        "taste": get("/api/user/taste"),
        "batch": batch,
        "merge": merged,
        "watchlist": get(WATCHLIST),
        "history": get(HISTORY),
    }


def test_a_kids_profile_sees_nothing_above_its_limit_anywhere(ida: Person) -> None:
    for name, text in surfaces(ida).items():
        assert tells_adults(text()) == set(), name


def test_the_same_surfaces_tell_it_to_who_has_no_limit(ida: Person) -> None:
    """So that the test above can fail."""
    assert ida.prefer(pin=PIN, parental={"kids": False, "maximumAge": None}).status_code == 200
    telling = {name for name, text in surfaces(ida).items() if tells_adults(text())}
    assert telling >= {"titles, hybrid", "similar", "taste", "batch", "watchlist", "history"}


def test_what_is_for_adults_is_not_explained_nor_put_on_a_childs_list(ida: Person) -> None:
    answer = ida.call("GET", f"{ROOT}/explain", params={"contentId": "t017"})
    assert refusal(answer) == (404, "unknown-title")
    assert refusal(ida.call("POST", f"{WATCHLIST}/t017")) == (404, "unknown-title")


def whole_page(person: Person) -> dict[str, Any]:
    """A homepage that lacks nothing, which on a busy machine may take another try."""
    pages: list[dict[str, Any]] = []

    def whole() -> bool:
        pages.append(person.get(f"{ROOT}/home"))
        return pages[-1]["degraded"] == []

    assert until(whole)
    return pages[-1]


def test_a_page_of_before_the_limit_is_not_made_again(
    client: httpx.Client, token_for: TokenFor
) -> None:
    person = somebody(client, token_for)
    person.prefer(parental={"newPin": PIN})
    page = whole_page(person)
    assert ADULT & set(shown(page))
    path = f"{ROOT}/replay/{page['recommendationId']}"
    assert until(lambda: person.call("GET", path).status_code == 200)
    person.limit(12)
    answer = person.call("GET", path)
    assert refusal(answer) == (409, "changed-since")
    assert tells_adults(answer.text) == set()


def is_kept(person: Person) -> bool:
    """Whether the homepage is, as soon as the news of what was changed last came round."""
    tag = {"If-None-Match": person.call("GET", f"{ROOT}/home").headers["etag"]}
    return person.call("GET", f"{ROOT}/home", headers=tag).status_code == 304


def test_a_limit_holds_on_the_very_next_page_also_where_one_was_kept(
    client: httpx.Client, token_for: TokenFor
) -> None:
    person = somebody(client, token_for)
    person.prefer(parental={"newPin": PIN})
    cursor = person.get(f"{ROOT}/home", rows=1)["nextCursor"]
    for age, allowed in ((None, True), (12, False), (None, True), (16, False)):
        assert person.limit(age, pin=PIN).status_code == 200
        assert bool(ADULT & set(shown(person.get(f"{ROOT}/home")))) is allowed
        assert until(lambda: is_kept(person))
    assert not ADULT & set(shown(person.get(f"{ROOT}/home/more", cursor=cursor)))


def test_a_limit_holds_on_another_replica_too(
    store: Path, registry: Path, shared_database: str, client: httpx.Client, token_for: TokenFor
) -> None:
    settings = Settings(store=store, registry=registry, database_url=shared_database)
    with serving(settings) as elsewhere:
        here = somebody(client, token_for)
        here.prefer(parental={"newPin": PIN})
        there = Person(elsewhere, token_for, here.account, here.viewer)
        assert until(lambda: "etag" in there.call("GET", f"{ROOT}/home").headers)
        assert ADULT & set(shown(there.get(f"{ROOT}/home")))
        here.limit(12)
        assert until(lambda: not ADULT & set(shown(there.get(f"{ROOT}/home"))), seconds=5)

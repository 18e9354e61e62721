"""Who asks, as a route knows it, over a replica's own middleware."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI

from recsys.settings import Settings
from serving import problems
from serving.contracts import Query
from serving.identity.callers import AskerDep, CallerDep, StaffDep, own
from serving.identity.presented import Presented
from serving.identity.rates import Rates
from serving.identity.service import Identity
from serving.recommendations.contracts import AskedForPicks
from tests.serving.conftest import TokenFor, answering, bearer


class Unnamed(Query):
    """A query that names no viewer."""

    limit: int = 3


def app_of(settings: Settings) -> FastAPI:
    rates = Rates(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await rates.close()

    app = FastAPI(lifespan=lifespan)
    problems.install(app)

    @app.get("/caller")
    async def caller(who: CallerDep) -> list[str | None]:
        return [who.account_id, who.profile_id, *sorted(who.scopes)]

    @app.get("/staff")
    async def staff(who: StaffDep) -> str:
        return who.subject

    @app.get("/asker")
    async def asker(who: AskerDep) -> bool:
        return who.may_be("v009")

    @app.get("/own")
    async def own_query(asked: Annotated[AskedForPicks, own(AskedForPicks)]) -> str | None:
        return asked.viewer_id

    @app.get("/unnamed")
    async def unnamed(asked: Annotated[Unnamed, own(Unnamed)]) -> int:
        return asked.limit

    app.add_middleware(Presented, identity=Identity.of(settings), rates=rates)
    return app


@pytest.fixture
def closed(store: Path) -> Iterator[httpx.Client]:
    with answering(app_of(Settings(store=store))) as client:
        yield client


@pytest.fixture
def opened(store: Path) -> Iterator[httpx.Client]:
    with answering(app_of(Settings(store=store, open_access=True))) as client:
        yield client


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"]


def test_a_token_says_account_profile_and_scopes(closed: httpx.Client, token_for: TokenFor) -> None:
    answer = closed.get("/caller", headers=bearer(token_for("v001", account="a7")))
    assert answer.json() == ["a7", "v001", "viewer"]


def test_without_a_token_nobody_is_known(closed: httpx.Client, opened: httpx.Client) -> None:
    answer = closed.get("/caller")
    assert refusal(answer) == (401, "/problems/not-authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert closed.get("/asker").status_code == 401
    assert opened.get("/caller").status_code == 401, "an open replica opens no account"


def test_an_open_replica_takes_who_has_no_token_for_the_backend(
    opened: httpx.Client, token_for: TokenFor
) -> None:
    assert opened.get("/asker").json() is True
    assert opened.get("/asker", headers=bearer(token_for("v001"))).json() is False
    assert opened.get("/asker", headers=bearer("nonsense")).status_code == 401


def test_staff_alone_passes_as_staff(closed: httpx.Client, token_for: TokenFor) -> None:
    staff = token_for(scopes="staff", account="anna")
    assert closed.get("/staff", headers=bearer(staff)).json() == "anna"
    for other in (token_for("v001"), token_for(scopes="service")):
        answer = closed.get("/staff", headers=bearer(other))
        assert refusal(answer) == (403, "/problems/not-allowed")


def test_staff_and_services_have_no_account(closed: httpx.Client, token_for: TokenFor) -> None:
    answer = closed.get("/caller", headers=bearer(token_for("v001", "staff service")))
    assert answer.json() == [None, None, "service", "staff"]


@pytest.mark.parametrize("header", ["Basic dTpw", "Bearer", "bearer x y", "", "Bearer é"])
def test_what_is_no_token_is_refused_on_every_route(opened: httpx.Client, header: str) -> None:
    for path in ("/asker", "/caller", "/nowhere"):
        answer = opened.get(path, headers={"Authorization": header.encode()})
        assert refusal(answer) == (401, "/problems/not-authenticated")


def test_two_tokens_are_refused(opened: httpx.Client, token_for: TokenFor) -> None:
    one = ("Authorization", f"Bearer {token_for('v001')}")
    assert opened.get("/asker", headers=[one, one]).status_code == 401


def test_a_query_names_its_asker_or_nobody(closed: httpx.Client, token_for: TokenFor) -> None:
    own_token, backend = bearer(token_for("v001")), bearer(token_for(scopes="service"))
    assert closed.get("/own", headers=own_token).json() == "v001"
    assert closed.get("/own", params={"viewerId": "v001"}, headers=own_token).json() == "v001"
    assert refusal(closed.get("/own", params={"viewerId": "v002"}, headers=own_token)) == (
        403,
        "/problems/not-allowed",
    )
    assert closed.get("/own", headers=backend).json() is None
    assert closed.get("/own", params={"viewerId": "v002"}, headers=backend).json() == "v002"
    assert closed.get("/unnamed", headers=own_token).json() == 3

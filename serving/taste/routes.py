"""``GET | PATCH /api/user/taste``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from serving import bodies
from serving.database import DatabaseDownError
from serving.identity.callers import own
from serving.openapi import problems
from serving.queries import described
from serving.tagged import in_language
from serving.taste.contracts import PATCH, AskedForTaste, Patch, Taste
from serving.taste.service import Tastes

router = APIRouter(prefix="/api/user/taste", tags=["taste"])

_PATCH = TypeAdapter(Patch)


async def _service(request: Request) -> Tastes:
    return request.app.state.parts.tastes


ServiceDep = Annotated[Tastes, Depends(_service)]
AskedDep = Annotated[AskedForTaste, own(AskedForTaste)]


@router.get(
    "",
    responses=problems(401, 403, 405, 422, 500, unavailable=DatabaseDownError.now()),
    openapi_extra=described(AskedForTaste),
)
def show(tastes: ServiceDep, response: Response, asked: AskedDep) -> Taste:
    """Give the taste that the models see, in words, with the watched titles behind each."""
    taste, language = tastes.show(asked)
    response.headers.update(in_language(language))
    return taste


@router.patch(
    "",
    responses=problems(401, 403, 405, 413, 422, 500, unavailable=DatabaseDownError.now()),
    openapi_extra=bodies.described(_PATCH, PATCH) | described(AskedForTaste),
)
async def change(
    request: Request, response: Response, tastes: ServiceDep, asked: AskedDep
) -> Taste:
    """Change the taste, in words; the next page shows it.

    *More* and *less* lift and lower titles of a word and what was watched of it, *never* takes all of
    them away, and what is done while the history is paused teaches the models nothing.
    """
    patch = bodies.read(_PATCH, await request.body())
    taste, language = await run_in_threadpool(tastes.change, asked, patch)
    response.headers.update(in_language(language))
    return taste

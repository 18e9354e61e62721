"""``POST /api/sessions/…``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from serving import bodies
from serving.analytics.contracts import Accepted
from serving.database import DatabaseDownError
from serving.identity.callers import AskerDep
from serving.identity.service import check_own
from serving.openapi import problems, unknown_title
from serving.recommendations.contracts import Home
from serving.refusals import NoCatalogError
from serving.sessions.contracts import GUEST, MERGE, Guest, Merge
from serving.sessions.service import Sessions

router = APIRouter(prefix="/api/sessions", tags=["sessions"])

_GUEST = TypeAdapter(Guest)
_MERGE = TypeAdapter(Merge)
_UNKNOWN = unknown_title("events.0.titleId")


async def _service(request: Request) -> Sessions:
    return request.app.state.parts.sessions


ServiceDep = Annotated[Sessions, Depends(_service)]


@router.post(
    "/recommendations",
    responses=problems(
        400, 401, 405, 413, 422, 500, refusals=[_UNKNOWN], unavailable=NoCatalogError.now()
    ),
    openapi_extra=bodies.described(_GUEST, GUEST),
)
async def home(request: Request, sessions: ServiceDep, _: AskerDep) -> Home:
    """Give a guest's homepage, from the session's events alone; nothing is stored."""
    return await run_in_threadpool(_home, sessions, await request.body())


@router.post(
    "/merge",
    status_code=202,
    responses=problems(
        401, 403, 405, 413, 422, 500, refusals=[_UNKNOWN], unavailable=DatabaseDownError.now()
    ),
    openapi_extra=bodies.described(_MERGE, MERGE),
)
async def merge(request: Request, sessions: ServiceDep, asker: AskerDep) -> Accepted:
    """Make a session's events those of the viewer who signed in; merging again does no harm.

    The viewer's next page is the guest's, if the session is all that the viewer ever did.
    """
    asked = bodies.read(_MERGE, await request.body())
    check_own(asker, [("viewerId", asked.viewer_id)])
    return await sessions.merge(asked)


def _home(sessions: Sessions, body: bytes) -> Home:
    return sessions.home(bodies.read(_GUEST, body))

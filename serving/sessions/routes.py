"""``POST /api/sessions/…``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from serving import bodies
from serving.analytics.contracts import Accepted
from serving.database import DatabaseDownError
from serving.identity.callers import AskerDep
from serving.identity.service import check_own
from serving.openapi import problems, unknown_title
from serving.queries import AcceptedDep
from serving.recommendations.contracts import Home
from serving.refusals import NoCatalogError
from serving.sessions.contracts import GUEST, MERGE, Guest, Merge
from serving.sessions.service import Sessions
from serving.tagged import Told, in_language

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
async def home(
    request: Request, response: Response, sessions: ServiceDep, _: AskerDep, accepted: AcceptedDep
) -> Home:
    """Give a guest's homepage, from the session's events alone; nothing is stored."""
    page, language = await run_in_threadpool(_home, sessions, await request.body(), accepted)
    response.headers.update(in_language(language))
    return page


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


def _home(sessions: Sessions, body: bytes, accepted: tuple[str, ...]) -> Told[Home]:
    return sessions.home(bodies.read(_GUEST, body), accepted)

"""``POST /api/analytics/event``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field, TypeAdapter

from serving import bodies
from serving.analytics.contracts import EXAMPLE, MOST_EVENTS, Accepted, Event
from serving.analytics.service import Intake
from serving.database import DatabaseDownError
from serving.identity.callers import AskerDep
from serving.identity.service import check_own
from serving.openapi import problems

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

_ONE = TypeAdapter(Event)
_MANY = TypeAdapter(Annotated[list[Event], Field(min_length=1, max_length=MOST_EVENTS)])
_EITHER: TypeAdapter[Any] = TypeAdapter(
    Event | Annotated[list[Event], Field(min_length=1, max_length=MOST_EVENTS)]
)


async def _service(request: Request) -> Intake:
    return request.app.state.parts.intake


@router.post(
    "/event",
    status_code=202,
    responses=problems(401, 403, 404, 405, 413, 422, 500, unavailable=DatabaseDownError.now()),
    openapi_extra=bodies.described(_EITHER, EXAMPLE),
)
async def take_events(
    request: Request, intake: Annotated[Intake, Depends(_service)], asker: AskerDep
) -> Accepted:
    """Take one event, or a list of up to 1,000; all are durable when the answer comes, or none.

    The next page already reflects them. Sending an event again does no harm: the same ``eventId``
    counts once. A title that the catalog does not hold is a 404. With a viewer's token, each must be the viewer's own.
    """
    events = _parse(await request.body())
    check_own(asker, ((f"{at}.viewerId", event.viewer_id) for at, event in enumerate(events)))
    return await intake.accept(events)


def _parse(body: bytes) -> list[Event]:
    if body.lstrip()[:1] == b"[":
        return bodies.read(_MANY, body)
    return [bodies.read(_ONE, body)]

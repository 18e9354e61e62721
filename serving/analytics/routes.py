"""``POST /api/analytics/event``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from serving import bodies
from serving.analytics.arrivals import EVENT, taken
from serving.analytics.batches import EITHER
from serving.analytics.contracts import EXAMPLE, Taken
from serving.analytics.service import Intake
from serving.database import DatabaseDownError
from serving.identity.callers import AskerDep
from serving.openapi import problems

router = APIRouter(tags=["analytics"])


async def _service(request: Request) -> Intake:
    return request.app.state.parts.intake


IntakeDep = Annotated[Intake, Depends(_service)]


@router.post(
    EVENT,
    status_code=202,
    response_model=Taken,
    responses=problems(401, 403, 404, 405, 413, 422, 500, unavailable=DatabaseDownError.now()),
    openapi_extra=bodies.described(EITHER, EXAMPLE),
)
async def take_events(request: Request, intake: IntakeDep, asker: AskerDep) -> Response:
    """Take one event, or a list of up to 10,000; what is accepted is durable when the answer comes.

    The next page already reflects them. Sending an event again does no harm: the same ``eventId``
    counts once. Of a list the good events are taken and the bad ones named in ``rejected``, by their
    place and field; if none is good, the answer is a 422. A single event on a title that the catalog
    does not hold is a 404. With a viewer's token, each must be the viewer's own. A 503 says when to
    send the same again.
    """
    return await taken(request, intake, asker)

"""``POST /api/analytics/event``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from serving import bodies
from serving.analytics import batches
from serving.analytics.batches import Batch
from serving.analytics.contracts import EXAMPLE, Taken
from serving.analytics.service import Intake
from serving.database import DatabaseDownError
from serving.identity.callers import AskerDep
from serving.identity.contracts import Caller
from serving.identity.service import not_yours
from serving.openapi import problems
from serving.problems import none_good

router = APIRouter(prefix="/api/analytics", tags=["analytics"])


async def _service(request: Request) -> Intake:
    return request.app.state.parts.intake


IntakeDep = Annotated[Intake, Depends(_service)]


@router.post(
    "/event",
    status_code=202,
    response_model=Taken,
    responses=problems(401, 403, 404, 405, 413, 422, 500, unavailable=DatabaseDownError.now()),
    openapi_extra=bodies.described(batches.EITHER, EXAMPLE),
)
async def take_events(request: Request, intake: IntakeDep, caller: AskerDep) -> Response:
    """Take one event, or a list of up to 10,000; what is accepted is durable when the answer comes.

    The next page already reflects them. Sending an event again does no harm: the same ``eventId``
    counts once. Of a list the good events are taken and the bad ones named in ``rejected``, by their
    place and field; if none is good, the answer is a 422. A single event on a title that the catalog
    does not hold is a 404. A 503 says when to send the same again.
    """
    with intake.at_work():
        batch = batches.read(await request.body())
        _bind(batch, caller)
        taken = await intake.take(batch)
    return _answer(taken)


def _bind(batch: Batch, caller: Caller) -> None:
    """Let a viewer speak for nobody else."""
    if caller.for_anyone:
        return
    for at, event in batch.events.items():
        if not caller.may_be(event.viewer_id):
            where = f"{at}.viewerId" if batch.listed else "viewerId"
            raise not_yours(event.viewer_id, where)


def _answer(taken: Taken) -> Response:
    """Write the answer without the framework's help, which takes longer than the rest of the route."""
    if taken.accepted:
        return Response(taken.model_dump_json(by_alias=True), 202, media_type="application/json")
    return none_good(
        [(f"{one.index}.{one.field}", one.expected, one.got) for one in taken.rejected]
    )

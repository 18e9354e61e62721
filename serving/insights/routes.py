"""``GET /api/analytics/insights``."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from serving.database import DatabaseDownError
from serving.identity.callers import CallerDep
from serving.identity.contracts import Scope
from serving.insights.contracts import OWN, AskedForInsights, Audience, Insights
from serving.insights.service import Insight
from serving.openapi import problems
from serving.queries import described, read
from serving.refusals import NotAllowedError, NotClosedError

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/json": {"example": OWN}}}
}


async def _service(request: Request) -> Insight:
    return request.app.state.parts.insights


@router.get(
    "/insights",
    responses=ANSWERS
    | problems(
        401,
        403,
        405,
        422,
        500,
        refusals=[NotClosedError.example()],
        unavailable=DatabaseDownError.now(),
    ),
    openapi_extra=described(AskedForInsights),
)
def insights(
    service: Annotated[Insight, Depends(_service)],
    caller: CallerDep,
    asked: Annotated[AskedForInsights, read(AskedForInsights)],
) -> Insights | Audience:
    """Give a viewer what the viewer watched; or staff, how many watched on a closed day.

    Staff's counts carry noise that hides every viewer (differential privacy), leave out what too few did, and are the
    same whenever they are asked for.
    """
    if Scope.STAFF in caller.scopes:
        return service.audience(asked.day)
    if caller.profile_id is None:
        raise NotAllowedError(
            expected="a viewer's token, or staff's", got=caller.subject, where="token"
        )
    return service.own(caller.profile_id, asked)

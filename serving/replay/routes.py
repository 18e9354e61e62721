"""``GET /api/recommendations/replay/…``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from serving.database import DatabaseDownError
from serving.identity.callers import AskerDep
from serving.openapi import problems
from serving.recommendations.contracts import LIST, Home
from serving.refusals import ReplayError, UnknownPageError
from serving.replay.service import Replays
from serving.tagged import tag_of

router = APIRouter(prefix="/api/recommendations", tags=["recommendations"])


async def _service(request: Request) -> Replays:
    return request.app.state.parts.replays


ServiceDep = Annotated[Replays, Depends(_service)]
RecommendationId = Annotated[
    UUID, Path(alias="recommendationId", examples=[LIST["recommendationId"]])
]


@router.get(
    "/replay/{recommendationId}",
    responses=problems(
        401,
        405,
        422,
        500,
        refusals=(UnknownPageError.example(), ReplayError.example()),
        unavailable=DatabaseDownError.now(),
    ),
    response_model=Home,
)
def replay(replays: ServiceDep, recommendation_id: RecommendationId, asker: AskerDep) -> Response:
    """Make a page again, as it was to the last byte: from its bundle, and from what was known of the viewer then.

    It is whole, whatever part of it was asked for. A page that lacked something cannot be made again, and none can
    once the catalog or the policy has changed, or if a title on it may not be shown any more. With a viewer's token,
    another viewer's page is unknown.
    """
    body, language = replays.again(recommendation_id, asker)
    headers = {"ETag": f'"{tag_of(body)}"', "Content-Language": language}
    return Response(body, headers=headers, media_type="application/json")

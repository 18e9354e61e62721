"""``/api/feedback/…``."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from serving import bodies
from serving.contracts import Identifier
from serving.database import DatabaseDownError
from serving.feedback.contracts import (
    DECISION,
    FEEDBACK,
    REVIEW,
    AskedForReviews,
    Decision,
    Feedback,
    Given,
    Review,
    Reviews,
)
from serving.feedback.service import Opinions
from serving.identity.callers import CallerDep, StaffDep
from serving.openapi import problems
from serving.queries import described, read
from serving.refusals import ChangedError, UnknownReviewError

router = APIRouter(prefix="/api/feedback", tags=["feedback"])

_FEEDBACK = TypeAdapter(Feedback)
_DECISION = TypeAdapter(Decision)
DOWN = DatabaseDownError.now()


async def _service(request: Request) -> Opinions:
    return request.app.state.parts.opinions


ServiceDep = Annotated[Opinions, Depends(_service)]
ContentId = Annotated[Identifier, Path(alias="contentId", examples=["t0007"])]
ReviewId = Annotated[UUID, Path(alias="reviewId", examples=[REVIEW["reviewId"]])]


@router.post(
    "/rating",
    status_code=202,
    responses=problems(401, 403, 404, 405, 413, 422, 500, unavailable=DOWN),
    openapi_extra=bodies.described(_FEEDBACK, FEEDBACK),
)
async def give(request: Request, opinions: ServiceDep, caller: CallerDep) -> Given:
    """Take a thumb, stars, a review, or several of them, of the token's viewer.

    Thumb and stars count at once, as events. A review is pending until somebody read it, and again
    when it is changed; the same `feedbackId` counts once.
    """
    return await opinions.give(caller, bodies.read(_FEEDBACK, await request.body()))


@router.get("/rating", responses=problems(401, 403, 405, 500, unavailable=DOWN))
def own(opinions: ServiceDep, caller: CallerDep) -> Reviews:
    """Give all that the token's viewer wrote, with what was decided of it."""
    return opinions.own(caller)


@router.get(
    "/rating/{contentId}",
    responses=problems(
        401, 403, 405, 422, 500, refusals=[UnknownReviewError.example()], unavailable=DOWN
    ),
)
def own_of(content_id: ContentId, opinions: ServiceDep, caller: CallerDep) -> Review:
    """Give what the token's viewer wrote of a title."""
    return opinions.own_of(caller, content_id)


@router.delete(
    "/rating/{contentId}",
    status_code=204,
    responses=problems(401, 403, 405, 422, 500, unavailable=DOWN),
)
def delete(content_id: ContentId, opinions: ServiceDep, caller: CallerDep) -> None:
    """Forget what the token's viewer wrote of a title; asking again does no harm."""
    opinions.delete(caller, content_id)


@router.get(
    "/reviews",
    responses=problems(401, 403, 405, 422, 500, unavailable=DOWN),
    openapi_extra=described(AskedForReviews),
)
def listed(
    opinions: ServiceDep,
    staff: StaffDep,  # noqa: ARG001  that it is staff is all there is to know
    asked: Annotated[AskedForReviews, read(AskedForReviews)],
) -> Reviews:
    """Give staff the reviews of a state, the earliest first."""
    return opinions.listed(asked)


@router.post(
    "/reviews/{reviewId}",
    responses=problems(
        401,
        403,
        405,
        413,
        422,
        500,
        refusals=[UnknownReviewError.example("reviewId"), ChangedError.example()],
        unavailable=DOWN,
    ),
    openapi_extra=bodies.described(_DECISION, DECISION),
)
async def decide(
    request: Request, review_id: ReviewId, opinions: ServiceDep, staff: StaffDep
) -> Review:
    """Approve or reject a review as it was read; one that changed since is a 409."""
    decision = bodies.read(_DECISION, await request.body())
    return await run_in_threadpool(opinions.decide, staff, review_id, decision)

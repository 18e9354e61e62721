"""``POST /api/analytics/quality``: how a playback went, told by its player once it is over, and kept as meters alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field, TypeAdapter

from serving import bodies
from serving.contracts import Contract, Reply
from serving.identity.callers import AskerDep
from serving.openapi import problems

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

DAY_MS = 86_400_000
Milliseconds = Annotated[float, Field(ge=0, le=DAY_MS)]
EXAMPLE: dict[str, Any] = {"startMs": 840, "rebufferMs": 1200, "watchedMs": 5_400_000}


class Quality(Contract):
    """How one playback went; of nobody in particular and of no title."""

    start_ms: Annotated[Milliseconds, Field(description="from the press of play to the picture")]
    rebuffer_ms: Annotated[Milliseconds, Field(description="standing still for want of data")]
    watched_ms: Milliseconds


class Noted(Reply):
    """It was counted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"noted": 1}]})

    noted: int


_QUALITY = TypeAdapter(Quality)


@router.post(
    "/quality",
    status_code=202,
    responses=problems(401, 405, 413, 422, 500),
    openapi_extra=bodies.described(_QUALITY, EXAMPLE),
)
async def take_quality(request: Request, _: AskerDep) -> Noted:
    """Count how a playback went: start time, and what of the time the picture stood still."""
    told = bodies.read(_QUALITY, await request.body())
    request.app.state.parts.metrics.count_playback(
        told.start_ms / 1e3, told.rebuffer_ms / 1e3, told.watched_ms / 1e3
    )
    return Noted(noted=1)

"""``POST /api/analytics/event``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError

from serving.analytics.contracts import EXAMPLE, MOST_EVENTS, Accepted, Event
from serving.analytics.service import Intake
from serving.database import DatabaseDownError
from serving.once import keys_once
from serving.openapi import problems

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

_ONE = TypeAdapter(Event)
_MANY = TypeAdapter(Annotated[list[Event], Field(min_length=1, max_length=MOST_EVENTS)])
_EVENT_SCHEMA = Event.model_json_schema()
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        _EVENT_SCHEMA,
                        {
                            "type": "array",
                            "items": _EVENT_SCHEMA,
                            "minItems": 1,
                            "maxItems": MOST_EVENTS,
                        },
                    ]
                },
                "example": EXAMPLE,
            }
        },
    }
}


async def _service(request: Request) -> Intake:
    return request.app.state.parts.intake


@router.post(
    "/event",
    status_code=202,
    responses=problems(404, 405, 413, 422, 500, unavailable=DatabaseDownError.now()),
    openapi_extra=_BODY,
)
async def take_events(request: Request, intake: Annotated[Intake, Depends(_service)]) -> Accepted:
    """Take one event, or a list of up to 1,000; all are durable when the answer comes, or none.

    The next page already reflects them. Sending an event again does no harm: the same ``eventId``
    counts once. A title that the catalog does not hold is a 404.
    """
    return await intake.accept(_parse(await request.body()))


def _parse(body: bytes) -> list[Event]:
    """Parse by pydantic itself, whose JSON mode is strict, and refuse NaN by the field's name."""
    many = body.lstrip()[:1] == b"["
    try:
        events = _MANY.validate_json(body) if many else [_ONE.validate_json(body)]
    except ValidationError as error:
        raise RequestValidationError([_placed(dict(one)) for one in error.errors()]) from None
    keys_once(body, many=many)
    return events


def _placed(error: dict[str, Any]) -> dict[str, Any]:
    """Name the field of an error that concerns several, as its rule says."""
    context = error.get("ctx", {})
    if "field" in context:
        return {**error, "loc": (*error["loc"], context["field"]), "input": context["got"]}
    return error

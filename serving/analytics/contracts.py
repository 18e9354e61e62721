"""An event as a client sends it: EVENTS of ``recsys.schema`` in camelCase."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from recsys.schema import (
    CLOCK_SKEW,
    DEVICE_TYPES,
    EARLIEST,
    LONGEST_SECONDS,
    MOST_RANKED,
    EventType,
)
from serving.contracts import Contract, Identifier, Moment, Region, Reply, Text, Word

_SKEW_SECONDS = CLOCK_SKEW.total_seconds()
_EARLIEST_SECONDS = EARLIEST.timestamp()
MOST_EVENTS = 1000
"""In a guest's session."""
MOST_IN_A_BATCH = 10_000

EXAMPLE: dict[str, Any] = {
    "eventId": "0b6f3a52-5d7c-4c0e-9a55-0d5a3f0a7c11",
    "eventType": "complete",
    "viewerId": "v00042",
    "titleId": "t0007",
    "occurredAt": "2024-05-01T20:15:00Z",
    "watchedPortion": 1.0,
    "deviceType": "tv",
}


def past(moment: datetime) -> datetime:
    """Return a time that an event can have; one of the future, or of long ago, is a wrong unit."""
    # Comparing two times asks the zone of each twice, which took a quarter of reading an event.
    seconds = moment.timestamp()
    if seconds > time.time() + _SKEW_SECONDS:
        raise PydanticCustomError("future", "a time that is not in the future")
    if seconds < _EARLIEST_SECONDS:
        raise PydanticCustomError("ancient", f"a time since {EARLIEST:%Y}")
    return moment


_VALUED = frozenset({EventType.RATING.value, EventType.THUMB.value})
Seconds = Annotated[float, Field(ge=0, le=LONGEST_SECONDS)]
Rank = Annotated[int, Field(ge=0, le=MOST_RANKED)]
Portion = Annotated[float, Field(ge=0, le=1)]


class SessionEvent(Contract):
    """One thing somebody did or was shown, whoever it was; the same ``eventId`` is the same event."""

    event_id: UUID
    event_type: Literal[*(kind.value for kind in EventType)]  # type: ignore[valid-type]
    title_id: Identifier | None = None
    occurred_at: Annotated[Moment, AfterValidator(past)]
    position_seconds: Seconds | None = None
    duration_seconds: Seconds | None = None
    value: Annotated[float, Field(description="rating in [0.5, 5]; thumb -1 or 1")] | None = None
    watched_portion: Portion | None = None
    session_id: Identifier | None = None
    device_type: Literal[*DEVICE_TYPES] | None = None  # type: ignore[valid-type]
    region: Region | None = None
    recommendation_id: Identifier | None = None
    row_id: Identifier | None = None
    row_rank: Rank | None = None
    item_rank: Rank | None = None
    source: Identifier | None = None
    propensity: Annotated[float, Field(gt=0, le=1)] | None = None
    bundle_id: Word | None = None
    experiment: Word | None = None
    query: Text | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.title_id is not None and self.value is None and self.event_type not in _VALUED:
            return self
        if self.title_id is None and self.event_type != EventType.SEARCH:
            raise _wrong("titleId", "a title, for every event but a search")
        if self.event_type == EventType.RATING and not 0.5 <= (self.value or 0) <= 5:
            raise _wrong("value", "a rating in [0.5, 5]", self.value)
        if self.event_type == EventType.THUMB and self.value not in {-1, 1}:
            raise _wrong("value", "a thumb, -1 or 1", self.value)
        if self.value is not None and self.event_type not in _VALUED:
            raise _wrong("value", "no value, for an event that is no rating or thumb", self.value)
        return self


class Event(SessionEvent):
    """One thing a viewer did or was shown; the same ``eventId`` is the same event."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    viewer_id: Identifier


def _wrong(field: str, expected: str, got: object = None) -> PydanticCustomError:
    return PydanticCustomError(
        "misfit", "{expected}", {"expected": expected, "field": field, "got": got}
    )


class Accepted(Reply):
    """How many events are durable now, and how many of them had come before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accepted": 1, "duplicates": 0}]})

    accepted: int
    duplicates: int


class Rejected(Reply):
    """A row that was not taken: its place in the list, from 0, and its first field that is wrong."""

    index: int
    field: str
    expected: str
    got: Any = None


class Taken(Accepted):
    """How many events of a body are durable now, and which of its rows are not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accepted": 2,
                    "duplicates": 0,
                    "rejected": [
                        {
                            "index": 1,
                            "field": "watchedPortion",
                            "expected": "at most 1.0",
                            "got": 7.0,
                        }
                    ],
                }
            ]
        }
    )

    rejected: list[Rejected]

"""Feedback as it crosses the wire."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from serving.contracts import Contract, Identifier, Query, Reply, Text

LONGEST: Final = 2000
MOST: Final = 100
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that are not seen, or that turn the order of letters around; a line break is none."""
_ADDRESS: Final = re.compile(r"(?i)https?://|www\.|\b[\w.+-]+@[\w-]+\.\w")
_RUN: Final = re.compile(r"(.)\1{19}", re.DOTALL)

State = Literal["pending", "approved", "rejected"]

FEEDBACK: dict[str, Any] = {
    "contentId": "t0007",
    "stars": 4.5,
    "review": "Slow at first, and worth it.",
    "feedbackId": "5f1c1f6e-3c1c-4a55-8f6b-2f4a0f6f2f11",
}
REVIEW: dict[str, Any] = {
    "reviewId": "0d6c2d1e-7b1f-4a8e-9a3e-0c6a4c5d7e21",
    "contentId": "t0007",
    "text": "Slow at first, and worth it.",
    "stars": 4.5,
    "state": "pending",
    "revision": 1,
    "writtenAt": "2026-05-01T20:15:00Z",
    "reason": None,
}
DECISION: dict[str, Any] = {"state": "rejected", "revision": 1, "reason": "tells the ending"}


def _decent(text: str) -> str:
    for pattern, expected in (
        (_CONTROL, "text without signs that are not seen"),
        (_ADDRESS, "text without addresses"),
        (_RUN, "text in which no sign comes twenty times in a row"),
    ):
        if pattern.search(text):
            raise PydanticCustomError("indecent", "{expected}", {"expected": expected})
    return text


ReviewText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(_decent),
]


class Feedback(Contract):
    """What a viewer thinks of a title; what is not said stays as it was."""

    model_config = ConfigDict(json_schema_extra={"examples": [FEEDBACK]})

    content_id: Identifier
    thumb: Literal[-1, 1] | None = None
    stars: Annotated[float, Field(ge=0.5, le=5, multiple_of=0.5)] | None = None
    review: ReviewText | None = None
    feedback_id: UUID | None = None
    """The same id is the same feedback, however often it is sent."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.thumb is None and self.stars is None and self.review is None:
            expected = "a thumb, stars or a review"
            raise PydanticCustomError(
                "misfit", "{expected}", {"expected": expected, "field": "thumb", "got": None}
            )
        return self


class Given(Reply):
    """What was made of feedback."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"accepted": 1, "duplicates": 0, "review": REVIEW}]}
    )

    accepted: int
    duplicates: int
    review: Review | None


class Review(Reply):
    """A viewer's words on a title."""

    model_config = ConfigDict(json_schema_extra={"examples": [REVIEW]})

    review_id: UUID
    content_id: str
    text: str
    stars: float | None
    state: State
    revision: int
    written_at: datetime
    reason: str | None


class Reviews(Reply):
    """Several, the earliest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reviews": [REVIEW], "next": None}]})

    reviews: list[Review]
    next: UUID | None
    """What to ask for as ``after`` to see more."""


class AskedForReviews(Query):
    """Which reviews staff wants to see."""

    state: Annotated[State, Field(description="What was decided", examples=["pending"])] = "pending"
    limit: Annotated[int, Field(ge=1, le=MOST, description="At most so many", examples=[20])] = 20
    after: Annotated[
        UUID | None,
        Field(description="The `next` of the answer before", examples=[REVIEW["reviewId"]]),
    ] = None


class Decision(Contract):
    """What staff decides of a review."""

    state: Literal["approved", "rejected"]
    revision: int
    """Which was read; of a text that changed since, nothing is decided."""
    reason: Text | None = None


Given.model_rebuild()

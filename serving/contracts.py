"""What every request and response has in common: strictness, camelCase, and ids that are clean."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from recsys.schema import LONGEST_ID

Text = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Words without control characters, which PostgreSQL's text and log files do not bear."""

Word = Annotated[str, StringConstraints(max_length=LONGEST_ID, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""As long as an id, and perhaps empty."""

Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_ID, pattern=r"^[^\x00-\x1f\x7f]+$")
]

Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


class Contract(BaseModel):
    """A body or an answer: fields in camelCase, none unknown, no type bent to fit."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        frozen=True,
    )


class Query(Contract):
    """Query parameters: they come as text, so numbers are read from it; an unknown one is refused."""

    model_config = ConfigDict(strict=False)

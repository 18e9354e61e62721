"""What every request and every answer has in common: strictness, camelCase, and ids that are clean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import core_schema

from recsys.languages import LANGUAGE, wanted
from recsys.schema import LONGEST_ID, OLDEST_AGE

CLEAN: Final = r"^[^\x00-\x1f\x7f]*$"
COUNTRY: Final = r"^[A-Z]{2}$"
DIGITS: Final = r"^[0-9]{4,8}$"
PROSE: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
MOMENT: Final = r"^([1-8][0-9]|9[0-8])[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}"
SLUG: Final = r"^[a-z0-9-]{1,64}$"
PATTERNS: Final = {
    CLEAN: "text without control characters",
    COUNTRY: "two capital letters, such as NO",
    LANGUAGE: "a language, such as nb or pt-BR",
    DIGITS: "four to eight digits",
    PROSE: "text without control characters but line breaks",
    MOMENT: "a date and a time with its zone, such as 2024-05-01T20:15:00Z",
    SLUG: "small letters, digits and hyphens, 64 at most",
}
"""What each pattern means, for those who do not read regular expressions."""

Text = Annotated[str, StringConstraints(max_length=500, pattern=CLEAN)]
"""Words without control characters, which PostgreSQL's text and log files do not bear."""

Word = Annotated[str, StringConstraints(max_length=LONGEST_ID, pattern=CLEAN)]
"""As long as an id, and perhaps empty."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID, pattern=CLEAN)]

Region = Annotated[str, StringConstraints(pattern=COUNTRY)]
"""ISO 3166-1 alpha-2."""

Moment = Annotated[
    datetime,
    GetPydanticSchema(
        lambda _, __: core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema(
                [
                    core_schema.str_schema(pattern=MOMENT, strict=True),
                    core_schema.datetime_schema(tz_constraint="aware", strict=False),
                ]
            ),
            python_schema=core_schema.datetime_schema(tz_constraint="aware", strict=True),
        )
    ),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time with its zone as a body writes it; a text of digits alone, which pydantic takes for seconds, is none.

Nor is one so near the ends of the calendar that it has no day in another zone."""


class Contract(BaseModel):
    """What crosses the wire: fields in camelCase and in no other way, none unknown, no type bent to fit."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        frozen=True,
    )


class Query(Contract):
    """Query parameters: they come as text, so numbers are read from it; an unknown one is refused."""

    model_config = ConfigDict(strict=False)


Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
"""A tag of BCP 47, such as nb or pt-BR."""


class Reader(Query):
    """In which language names and rows are wanted: what a title has none in stays in its original."""

    language: Annotated[
        Language | None,
        Field(
            examples=["nb"],
            description="goes before the profile's languages and those of `Accept-Language`",
        ),
    ] = None
    accepted: tuple[str, ...] = ()
    """What ``Accept-Language`` names, the most wanted first; no parameter of the query."""

    def reads(self, preferred: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the languages that are wanted, of the request, then of the profile, then of the device, with the wider ones of each."""
        if self.language is None and not preferred and not self.accepted:
            return ()
        said = () if self.language is None else (self.language,)
        return wanted(said, preferred, self.accepted)


Age = Annotated[
    int, Field(ge=0, le=OLDEST_AGE, description="years; tightens what is known, never loosens")
]


class Someone(Reader):
    """Who asks, and from where: what is left out is taken from what is known of the viewer."""

    viewer_id: Annotated[Identifier | None, Field(examples=["v00042"])] = None
    region: Annotated[Region | None, Field(examples=["NO"])] = None
    maximum_age: Annotated[Age | None, Field(examples=[12])] = None


class Reply(Contract):
    """An answer, made by this program under its own names."""

    model_config = ConfigDict(validate_by_name=True)

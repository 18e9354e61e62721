"""One title as a file gives it: what is not said stays as it is, what is said to be empty becomes so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import orjson
import pyarrow as pa
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from recsys.languages import LANGUAGE
from recsys.schema import LONGEST_SECONDS, MATURITY_AGES, TIME, TITLES, TitleType
from recsys.translations import LONGEST_DESCRIPTION, LONGEST_NAME
from serving.contracts import CLEAN, PROSE, Identifier, Region, Text

Name = Annotated[Text, StringConstraints(min_length=1)]
Words = Annotated[list[Identifier], Field(max_length=1000)]
Prose = Annotated[str, StringConstraints(max_length=20_000, pattern=PROSE)]
Language = Annotated[str, StringConstraints(min_length=2, max_length=10)]


class Member(BaseModel):
    """Somebody of the crew."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    role: Text | None = None


class Translation(BaseModel):
    """What a title is called in another language, and perhaps what is told of it there."""

    model_config = ConfigDict(extra="forbid", strict=True)

    language: Annotated[str, StringConstraints(pattern=LANGUAGE)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=CLEAN)]
    description: (
        Annotated[str, StringConstraints(max_length=LONGEST_DESCRIPTION, pattern=PROSE)] | None
    ) = None


def _each_once(translations: list[Translation]) -> list[Translation]:
    if len({one.language for one in translations}) < len(translations):
        raise PydanticCustomError("repeated", "each language once")
    return translations


class GivenTitle(BaseModel):
    """A row of TITLES, in its names."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    title_id: Identifier
    title_type: Literal[*(kind.value for kind in TitleType)] | None = None  # type: ignore[valid-type]
    name: Name | None = None
    series_id: Identifier | None = None
    season_number: Annotated[int, Field(ge=0, le=100_000)] | None = None
    episode_number: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    genres: Words | None = None
    release_year: Annotated[int, Field(ge=1870, le=2200)] | None = None
    duration_seconds: Annotated[float, Field(ge=0, le=LONGEST_SECONDS)] | None = None
    maturity_rating: Literal[*MATURITY_AGES] | None = None  # type: ignore[valid-type]
    description: Prose | None = None
    cast: Words | None = None
    crew: Annotated[list[Member], Field(max_length=1000)] | None = None
    keywords: Words | None = None
    regions: Annotated[list[Region], Field(max_length=300)] | None = None
    available_from: AwareDatetime | None = None
    available_until: AwareDatetime | None = None
    artwork: Text | None = None
    languages: Annotated[list[Language], Field(max_length=100)] | None = None
    translations: (
        Annotated[list[Translation], Field(max_length=100), AfterValidator(_each_once)] | None
    ) = None


KNOWN: Final = frozenset(GivenTitle.model_fields)

_WHOLE: Final = re.compile(r"^[+-]?\d{1,18}$")
_TIMES: Final = frozenset(one.name for one in TITLES if one.type == TIME)
_LISTS: Final = frozenset(one.name for one in TITLES if pa.types.is_list(one.type))
_WHOLES: Final = frozenset(one.name for one in TITLES if pa.types.is_integer(one.type))
_NUMBERS: Final = frozenset(one.name for one in TITLES if pa.types.is_floating(one.type))


def of_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of a CSV file in our types, as far as its cells can be read; an empty one is empty."""
    return {name: _of_cell(name, text) if text else None for name, text in cells.items()}


def of_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object of a JSON file in our types: it has no times."""
    return {name: _moment(value) if name in _TIMES else value for name, value in row.items()}


def of_arrow(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a Parquet file in our types: a time without a zone is UTC."""
    return {name: _in_utc(value) if name in _TIMES else value for name, value in row.items()}


def _of_cell(name: str, text: str) -> Any:
    if name in _LISTS:
        return _list(text)
    if name in _TIMES:
        return _moment(text)
    if name in _WHOLES and _WHOLE.match(text):
        return int(text)
    if name in _NUMBERS:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _list(text: str) -> Any:
    """Read a list as JSON, or as words between strokes."""
    if not text.startswith("["):
        return [word.strip() for word in text.split("|")]
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def _moment(value: Any) -> Any:
    """Read a time that says its zone; what is none stays what it is, and will be refused."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment if "T" in value or " " in value else value


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value

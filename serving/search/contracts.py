"""A search, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from serving.cards import Card
from serving.contracts import CLEAN, Reply, Someone, Word

LONGEST = 200
"""Characters of a question."""

Question = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern=CLEAN)]

PIECES: list[JsonDict] = [
    {"text": "The ", "matched": False},
    {"text": "Glass", "matched": True},
    {"text": " Harbour", "matched": False},
]
FOUND: JsonDict = {
    "contentId": "t0007",
    "name": "The Glass Harbour",
    "type": "movie",
    "genres": ["Drama"],
    "year": 2021,
    "artwork": "/artwork/t0007.svg",
    "nameParts": PIECES,  # type: ignore[dict-item]
    "people": [],
    "episode": None,
    "score": 0.86,
    "source": "search",
    "itemRank": 0,
}
SEARCH: JsonDict = {
    "recommendationId": "5f0c8e1d2b7a4c6e9f3a1b2c3d4e5f60",
    "bundleId": "0a1b2c3d4e5f6071",
    "degraded": [],
    "query": "glass dramas",
    "understood": [{"kind": "genre", "value": "Drama"}],
    "total": 1,
    "more": False,
    "items": [FOUND],
    "facets": {
        "genre": [{"value": "Drama", "label": "Drama", "count": 1}],
        "decade": [{"value": "2020", "label": "2020", "count": 1}],
        "type": [{"value": "movie", "label": "movie", "count": 1}],
        "maturity": [{"value": "12", "label": "12", "count": 1}],
    },
    "suggestions": [],
}


class AskedToSearch(Someone):
    """What is looked for, who looks, and how the answer is narrowed."""

    q: Annotated[Question, Field(examples=["90s comedies with Jim Carrey"])]
    suggest: Annotated[
        bool, Field(examples=[True], description="complete the question instead of answering it")
    ] = False
    limit: Annotated[int, Field(ge=1, le=100, examples=[20])] = 20
    genre: Annotated[Word | None, Field(examples=["Drama"])] = None
    decade: Annotated[int | None, Field(ge=1800, le=2990, multiple_of=10, examples=[1990])] = None
    type: Annotated[Literal["movie", "series", "live"] | None, Field(examples=["movie"])] = None
    maturity: Annotated[Literal["all", "7", "12", "16", "18"] | None, Field(examples=["12"])] = None


@dataclass(slots=True)
class Piece:
    """A part of a name; all parts together are the name."""

    __pydantic_config__ = ConfigDict(alias_generator=to_camel)

    text: str
    matched: bool
    """Whether the question speaks of it."""


@dataclass(slots=True)
class FoundEpisode:
    """The episode for which a series was found."""

    __pydantic_config__ = ConfigDict(alias_generator=to_camel)

    content_id: str
    name: str
    name_parts: list[Piece]
    season_number: int | None
    episode_number: int | None


@dataclass(slots=True)
class FoundTitle(Card):
    """A title, and why it was found."""

    __pydantic_config__ = ConfigDict(alias_generator=to_camel)

    name_parts: list[Piece]
    people: list[list[Piece]]
    """Names of its people that the question speaks of."""
    episode: FoundEpisode | None
    score: float
    """Relevance in [0, 1]; what is nearer than 0.04 may be in either order, as the viewer likes it."""
    source: Literal["search"]
    item_rank: int


class UnderstoodPart(Reply):
    """A part of the question that was understood."""

    kind: Literal["person", "genre", "language", "type", "years", "like"]
    value: str
    """A name; years as 1994, 1990-1999, -1969 or 2011-; the id of a title that others are to be like."""


class FacetCount(Reply):
    """A value, and of how many of the titles found."""

    value: str
    label: str
    """As the viewer reads it."""
    count: int


class Facets(Reply):
    """Counts of what was found and may be shown; each value can be asked for to narrow the answer."""

    genre: list[FacetCount] = Field(default_factory=list)
    decade: list[FacetCount] = Field(default_factory=list)
    type: list[FacetCount] = Field(default_factory=list)
    maturity: list[FacetCount] = Field(default_factory=list)


@dataclass(slots=True)
class Suggestion:
    """What the question may be going to be."""

    __pydantic_config__ = ConfigDict(alias_generator=to_camel)

    kind: Literal["title", "person", "genre"]
    text: str
    parts: list[Piece]
    content_id: str | None
    """Of a title."""


class SearchAnswer(Reply):
    """What was found, best first; or, where that was asked for, suggestions alone."""

    model_config = ConfigDict(json_schema_extra={"examples": [SEARCH]})

    recommendation_id: str
    """To be named in events about what was found."""
    bundle_id: str | None
    degraded: list[str]
    """Parts that were missing: the answer is less personal, or older, than it could be."""
    query: str
    understood: list[UnderstoodPart]
    total: int
    """Titles that were found and may be shown."""
    more: bool
    """Whether there are more than those counted."""
    items: list[FoundTitle]
    facets: Facets
    suggestions: list[Suggestion]

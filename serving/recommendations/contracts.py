"""Requests for recommendations and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from recsys.ranking.filters.fields import FIELDS, SETS
from recsys.schema import DEVICE_TYPES
from serving.cards import Card
from serving.contracts import Identifier, Query, Reply, Someone

Limit = Annotated[int, Field(ge=1, le=100, examples=[20])]
Relevance = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        examples=[0.3],
        description="share of the best title's height that others must have; what only fills an answer up has none",
    ),
]


Device = Literal[*DEVICE_TYPES]  # type: ignore[valid-type]

Filter = Annotated[
    str,
    Field(
        description="what may come: comparisons of fields ("
        + ", ".join(FIELDS)
        + ") joined by and, or, not; sets of the viewer's own titles: "
        + ", ".join(SETS)
    ),
]
Listing = Annotated[str, Field(description="ids of titles, separated by commas")]
DRAMAS = 'genre in ["Drama", "Crime"] and release_year >= 2015 and not title in watchlist'


class Asked(Someone):
    """Who asks, and from where: what is left out is taken from what is known of the viewer."""

    device_type: Annotated[Device | None, Field(examples=["tv"])] = None
    filter: Annotated[Filter | None, Field(examples=[DRAMAS])] = None
    exclude_items: Annotated[Listing | None, Field(examples=["t0007,t0042"])] = None


class AskedForHome(Asked):
    """A request for a homepage, or for the part of it that is in sight."""

    rows: Annotated[int | None, Field(ge=1, le=100, examples=[6])] = None
    titles: Annotated[int | None, Field(ge=1, le=100, examples=[10])] = None


class AskedForMore(Query):
    """A request for what follows on a page: from another place it is another page."""

    viewer_id: Annotated[Identifier | None, Field(examples=["v00042"])] = None
    cursor: Annotated[
        str, Field(max_length=20_000, examples=["eNqrVkrOS8xNLVaKjlFKLkpNLElNUYrVQQgAAP__.kT9x"])
    ]


class AskedForTitles(Asked):
    """A request for one list."""

    algorithm: Annotated[
        Literal["collaborative", "content-based", "hybrid"], Field(examples=["hybrid"])
    ] = "hybrid"
    limit: Limit = 20
    min_relevance: Relevance = 0


class AskedForPicks(Asked):
    """A request for titles to pick from."""

    limit: Limit = 24


class AskedForSimilar(Asked):
    """A request for titles like one."""

    limit: Limit = 20
    min_relevance: Relevance = 0


ITEM: JsonDict = {
    "contentId": "t0007",
    "name": "The Glass Harbour",
    "type": "movie",
    "genres": ["Drama"],
    "year": 2021,
    "artwork": "/artwork/t0007.svg",
    "score": 1.27,
    "source": "als",
    "reason": "Viewers with your taste watch it",
    "itemRank": 0,
    "resume": None,
    "propensity": 1.0,
}
LIST: JsonDict = {
    "recommendationId": "5f0c8e1d2b7a4c6e9f3a1b2c3d4e5f60",
    "bundleId": "0a1b2c3d4e5f6071",
    "degraded": [],
    "items": [ITEM],
}
ROW: JsonDict = {
    "rowId": "top-picks",
    "rowRank": 0,
    "name": "Top picks for you",
    "reason": "From the 12 titles you watched or liked",
    "source": "hybrid",
    "items": [ITEM],
    "nextCursor": None,
}


class Resume(Reply):
    """Where to go on."""

    content_id: str
    """What is to be played: the movie itself, or an episode of the series."""
    portion: float
    """How much of it was watched, in [0, 0.9); 0 is the next episode."""
    season_number: int | None
    episode_number: int | None


@dataclass(slots=True)
class Item(Card):
    """A title where it is shown, with what an event about it should say."""

    __pydantic_config__ = ConfigDict(
        alias_generator=to_camel, json_schema_extra={"examples": [ITEM]}
    )

    score: float
    source: str
    reason: str
    item_rank: int
    resume: Resume | None = None
    propensity: float = 1.0
    """Probability with which it stands here; below 1 where it was drawn by chance, to find out more of it."""


class ShownRow(Reply):
    """A titled list."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW]})

    row_id: str
    row_rank: int
    name: str
    reason: str
    source: str
    items: list[Item]
    next_cursor: str | None = None
    """What to ask for the titles that follow in the row; null where it ends."""


class Answer(Reply):
    """What every answer says of itself."""

    recommendation_id: str
    bundle_id: str | None
    degraded: list[str]
    """Parts that were missing: the answer is less personal than it could be."""


class Home(Answer):
    """A homepage; no title stands on it twice."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {key: LIST[key] for key in LIST if key != "items"}
                | {"rows": [ROW], "nextCursor": None}
            ]
        }
    )

    rows: list[ShownRow]
    next_cursor: str | None = None
    """What to ask for the rows that follow; null where the page ends."""


class Listed(Answer):
    """Titles, best first."""

    model_config = ConfigDict(json_schema_extra={"examples": [LIST]})

    items: list[Item]

"""What is asked of the catalog, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from serving.contracts import Reply, Someone

CARD: Final[dict[str, Any]] = {
    "contentId": "t0007",
    "name": "The Glass Harbour",
    "type": "movie",
    "genres": ["Drama"],
    "year": 2021,
    "artwork": "/artwork/t0007.svg",
}
EPISODE: Final[dict[str, Any]] = {
    "contentId": "e0001",
    "name": "The first night",
    "episodeNumber": 1,
    "durationSeconds": 3120.0,
    "description": None,
    "artwork": None,
    "availableUntil": None,
}
CONTENT: Final[dict[str, Any]] = {
    "contentId": "s0003",
    "type": "series",
    "name": "Harbour Lights",
    "description": "Four families and one pier.",
    "genres": ["Drama"],
    "keywords": ["harbour"],
    "year": 2021,
    "durationSeconds": 3120.0,
    "maturityRating": "12",
    "cast": ["Mira Solberg"],
    "crew": [{"name": "Jon Vik", "role": "director"}],
    "languages": ["nb", "en"],
    "images": {"poster": "/artwork/s0003.svg"},
    "availability": {"region": "NO", "availableFrom": None, "availableUntil": None},
    "series": None,
    "seasons": [{"seasonNumber": 1, "episodes": [EPISODE]}],
}

Limit = Annotated[int, Field(ge=1, le=100, examples=[20])]


class AskedOfCatalog(Someone):
    """Who asks for titles."""


class AskedForTrending(AskedOfCatalog):
    """A request for what is trending."""

    limit: Limit = 20


class AskedForNew(AskedOfCatalog):
    """A request for what is new."""

    by: Annotated[
        Literal["release", "arrival"],
        Field(
            examples=["arrival"],
            description="`release`: by year of first release; `arrival`: by when it became available here",
        ),
    ] = "arrival"
    limit: Limit = 20
    cursor: Annotated[
        str | None,
        Field(max_length=2000, examples=["eNqrVkrOS8xNLVaKjlFKLkpNLElNUYrVQQgAAP__.kT9x"]),
    ] = None


class Card(Reply):
    """A title as it is shown in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [CARD]})

    content_id: str
    name: str
    type: str
    genres: list[str]
    year: int | None
    artwork: str | None


class Images(Reply):
    """Pictures of a title."""

    poster: str | None


class Member(Reply):
    """Somebody of the crew."""

    name: str
    role: str | None


class Availability(Reply):
    """Where and when a title may be watched: in the viewer's region, whose it is."""

    region: str | None
    available_from: datetime | None
    available_until: datetime | None


class OfSeries(Reply):
    """The place of an episode."""

    content_id: str
    name: str
    season_number: int | None
    episode_number: int | None


class Episode(Reply):
    """An episode as its series lists it."""

    content_id: str
    name: str
    episode_number: int | None
    duration_seconds: float | None
    description: str | None
    artwork: str | None
    available_until: datetime | None


class Season(Reply):
    """Episodes in the order in which they are watched."""

    season_number: int | None
    episodes: list[Episode]


class Content(Reply):
    """A title with all that is known of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONTENT]})

    content_id: str
    type: str
    name: str
    description: str | None
    genres: list[str]
    keywords: list[str]
    year: int | None
    duration_seconds: float | None
    maturity_rating: str | None
    cast: list[str]
    crew: list[Member]
    languages: list[str]
    """Original first."""
    images: Images
    availability: Availability
    series: OfSeries | None
    """Of an episode, where it belongs."""
    seasons: list[Season] | None
    """Of a series, its episodes that may be watched now."""


class Category(Reply):
    """Titles of one type or genre: how many may be watched here and now, and a poster of one of them."""

    name: str
    """As titles have it, and as filters and facets take it."""
    label: str
    """As the viewer reads it."""
    count: int
    artwork: str | None


class Categories(Reply):
    """The types and the genres, the largest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "categories": [
                        {"name": "movie", "label": "movie", "count": 812, "artwork": None}
                    ],
                    "genres": [
                        {
                            "name": "Crime",
                            "label": "Krim",
                            "count": 301,
                            "artwork": "/artwork/t0007.svg",
                        }
                    ],
                }
            ]
        }
    )

    categories: list[Category]
    genres: list[Category]


class NewReleases(Reply):
    """New titles, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CARD], "nextCursor": None}]}
    )

    items: list[Card]
    next_cursor: str | None
    """What to ask for those that follow; null where there are none."""


class TrendingItem(Card):
    """A title that many watch."""

    source: Literal["recent", "popularity", "catalog"]
    """Counted in the last hours; watched by many when the bundle was made; or merely there."""
    viewers: int | None
    """Who watched it in the last hours, with noise; null where too few did for that to be told."""


class Noise(Reply):
    """How viewers are counted so that the counts tell of nobody."""

    epsilon: float
    """Of each period, for all that one viewer did in it."""
    period_hours: int
    periods: int
    """That the counts are of."""
    titles_each: int
    """Titles that one viewer is counted for in a period, at most."""
    minimum: int
    """Below which nothing is told of a title in a period; more where there are many titles."""


class Trending(Reply):
    """What many watch now, most first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "region": "NO",
                    "items": [CARD | {"source": "recent", "viewers": 412}],
                    "noise": {
                        "epsilon": 1.0,
                        "periodHours": 3,
                        "periods": 8,
                        "titlesEach": 3,
                        "minimum": 10,
                    },
                    "degraded": [],
                }
            ]
        }
    )

    region: str | None
    items: list[TrendingItem]
    noise: Noise
    degraded: list[str]
    """`recent` where the last hours could not be counted."""

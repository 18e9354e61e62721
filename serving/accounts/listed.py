"""A viewer's watchlist and history as they are told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from serving.contracts import Reader, Reply

FACE: JsonDict = {
    "contentId": "t0007",
    "name": "The Glass Harbour",
    "type": "movie",
    "genres": ["Drama"],
    "year": 2021,
    "artwork": "/artwork/t0007.svg",
}
SAVED: JsonDict = FACE | {"addedAt": "2026-05-01T20:15:00Z"}
WATCHED: JsonDict = FACE | {
    "seriesId": None,
    "seasonNumber": None,
    "episodeNumber": None,
    "watchedPortion": 0.8,
    "completed": True,
    "rating": 4.5,
    "thumb": 1.0,
    "watchedAt": "2026-05-01T20:15:00Z",
}


class AskedForPage(Reader):
    """A part of a list."""

    limit: Annotated[int, Field(ge=1, le=100, examples=[20])] = 20
    cursor: Annotated[str | None, Field(max_length=2000, examples=["eNqrVkrOS8xNLVaKjlE.kT9x"])] = (
        None
    )


class _Shown(Reply):
    content_id: str
    name: str
    type: str
    genres: list[str]
    year: int | None
    artwork: str | None


class Saved(_Shown):
    """A title on a watchlist."""

    model_config = ConfigDict(json_schema_extra={"examples": [SAVED]})

    added_at: datetime


class Watched(_Shown):
    """A title that was watched: a movie, or an episode, whose name and looks are its series'."""

    series_id: str | None
    season_number: int | None
    episode_number: int | None
    watched_portion: float | None
    completed: bool
    rating: float | None
    thumb: float | None
    watched_at: datetime


class Watchlist(Reply):
    """What a viewer means to watch, the newest first, as far as it may be shown now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [SAVED], "nextCursor": None}]}
    )

    items: list[Saved]
    next_cursor: str | None


class WatchHistory(Reply):
    """What a viewer watched, the latest first, as far as it may be shown now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [WATCHED], "nextCursor": None}]}
    )

    items: list[Watched]
    next_cursor: str | None

"""Viewing statistics as they cross the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from serving.contracts import Query, Reply

MOST_DAYS: Final = 366

OWN: dict[str, Any] = {
    "since": "2026-02-01",
    "until": "2026-05-01",
    "hours": 31.5,
    "weeks": [{"monday": "2026-04-27", "hours": 4.25}],
    "hoursByGenre": {"Drama": 20.0, "Comedy": 11.5},
    "titlesBegun": 24,
    "titlesCompleted": 18,
    "titlesSummed": 0,
    "completion": 0.75,
    "daysActive": 41,
    "longestStreakDays": 9,
    "currentStreakDays": 2,
    "weekdays": {"Friday": 9, "Saturday": 11},
}


class AskedForInsights(Query):
    """Over which time a viewer wants to know; or of which day staff does."""

    days: Annotated[
        int,
        Field(ge=1, le=MOST_DAYS, description="Of a viewer's own, back from now", examples=[90]),
    ] = 90
    day: Annotated[
        date | None, Field(description="For staff: a closed day, UTC", examples=["2026-05-01"])
    ] = None


class Week(Reply):
    """Hours that were watched in one week."""

    monday: date
    hours: float


class Insights(Reply):
    """What a viewer watched; seeking is not watching, and what was watched twice counts once a week."""

    model_config = ConfigDict(json_schema_extra={"examples": [OWN]})

    since: date
    until: date
    hours: float
    weeks: list[Week]
    hours_by_genre: dict[str, float]
    titles_begun: int
    titles_completed: int
    titles_summed: int
    """Of those that were begun: how many are known by a sum alone, since their events came in files, or are gone. Each
    counts on the day on which it was watched last, with all that was ever watched of it."""
    completion: float | None
    """Of the titles that were begun."""
    days_active: int
    longest_streak_days: int
    current_streak_days: int
    weekdays: dict[str, int]
    """Days of each on which something was watched."""


class Audience(Reply):
    """Private counts of viewers on one day; what too few did is left out."""

    day: date
    active_viewers: int | None
    viewers_by_genre: dict[str, int]
    viewers_who_completed: dict[str, int]
    """By the kind of title."""
    epsilon: dict[str, float]
    """What was spent on each: each count is off by some 1 / epsilon, times the groups a viewer may count to."""

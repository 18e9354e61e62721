"""The vocabulary of columns, and the Arrow schema of every table that crosses a border.

A column's unit stands in its name or in its field's metadata; times are UTC, to the microsecond.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import pyarrow as pa

TIME: Final = pa.timestamp("us", tz="UTC")


class EventType(StrEnum):
    """One thing a viewer did or was shown."""

    IMPRESSION = "impression"
    CLICK = "click"
    PLAY = "play"
    PAUSE = "pause"
    PROGRESS = "progress"
    SEEK = "seek"
    COMPLETE = "complete"
    RATING = "rating"
    THUMB = "thumb"
    WATCHLIST_ADD = "watchlist_add"
    WATCHLIST_REMOVE = "watchlist_remove"
    SEARCH = "search"
    DISMISS = "dismiss"


class TitleType(StrEnum):
    """What kind of thing in the catalog a title is."""

    MOVIE = "movie"
    SERIES = "series"
    EPISODE = "episode"
    LIVE = "live"


MATURITY_AGES: Final = {"all": 0, "7": 7, "12": 12, "16": 16, "18": 18}
"""The youngest age, in years, for which a maturity rating is meant."""

BUNDLE_ID: Final = "[0-9a-f]{16}"
"""What the id of a bundle looks like, as a regular expression."""

DEVICE_TYPES: Final = ("tv", "phone", "tablet", "desktop")

PASSIVE: Final = tuple(
    kind.value
    for kind in (EventType.IMPRESSION, EventType.CLICK, EventType.SEARCH, EventType.DISMISS)
)
"""Events that make no interaction: they do not show that a viewer wants a title."""

WATCHING: Final = tuple(
    kind.value
    for kind in (
        EventType.PLAY,
        EventType.PAUSE,
        EventType.PROGRESS,
        EventType.SEEK,
        EventType.COMPLETE,
    )
)
"""Events of a player: what is watched later than it was dismissed is wanted again."""

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Anything before is a wrong unit, not an event of a streaming service."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a device's clock may run ahead."""

LONGEST_ID: Final = 200
"""Characters of an id, or of a word that a client writes."""

LONGEST_SECONDS: Final = 1e9
"""A position or a length; more is a wrong unit."""

MOST_RANKED: Final = 10_000
"""No page has so many rows, and no row so many titles."""

OLDEST_AGE: Final = 120
"""Years."""


def _field(name: str, kind: pa.DataType, about: str, *, required: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=not required, metadata={"about": about})


_SHOWN = [
    _field("recommendation_id", pa.string(), "the answer in which the title was shown"),
    _field("row_id", pa.string(), "the row of the page it stood in"),
    _field("row_rank", pa.int32(), "the row's place on the page, from 0"),
    _field("item_rank", pa.int32(), "the title's place in the row, from 0"),
    _field("source", pa.string(), "what proposed the title"),
    _field("propensity", pa.float64(), "probability with which it was shown there, in (0, 1]"),
    _field("bundle_id", pa.string(), "the bundle that answered"),
    _field("experiment", pa.string(), "experiment and arm, as name:arm"),
]

_KEPT = [
    _field("row_id", pa.string(), "the kind of row it stood in") if one.name == "row_id" else one
    for one in _SHOWN
]

_DONE = [
    _field("position_seconds", pa.float64(), "place in the title when the event happened"),
    _field("duration_seconds", pa.float64(), "length of the title"),
    _field("value", pa.float64(), "rating in [0.5, 5]; thumb -1 or 1; else empty"),
    _field("watched_portion", pa.float64(), "share really watched, in [0, 1], seeking not counted"),
]

EVENTS: Final = pa.schema(
    [
        _field("event_id", pa.string(), "UUID; the same id is the same event", required=True),
        _field("event_type", pa.string(), f"one of {', '.join(EventType)}", required=True),
        _field("viewer_id", pa.string(), "raw viewer id; never right of the gate", required=True),
        _field("title_id", pa.string(), "empty only for a search"),
        _field("occurred_at", TIME, "UTC", required=True),
        *_DONE,
        _field("session_id", pa.string(), "one sitting of a viewer"),
        _field("device_type", pa.string(), f"one of {', '.join(DEVICE_TYPES)}"),
        _field("region", pa.string(), "ISO 3166-1 alpha-2"),
        *_SHOWN,
        _field("query", pa.string(), "a search's words; free text, never right of the gate"),
        _field("device_id", pa.string(), "never right of the gate"),
        _field("client_address", pa.string(), "never right of the gate"),
    ]
)
"""Raw events, left of the privacy gate."""

LAKE_EVENTS: Final = pa.schema(
    [
        _field("pseudonym", pa.string(), "keyed stand-in for the viewer", required=True),
        _field("sequence", pa.int32(), "order among the viewer's events, from 0", required=True),
        _field("event_type", pa.string(), f"one of {', '.join(EventType)}", required=True),
        _field("title_id", pa.string(), "what it was about", required=True),
        _field("occurred_at", TIME, "UTC, floored to the policy's granularity", required=True),
        *_DONE,
        _field("session_id", pa.string(), "keyed stand-in for the session"),
        _field("device_type", pa.string(), f"one of {', '.join(DEVICE_TYPES)}"),
        _field("region", pa.string(), "ISO 3166-1 alpha-2"),
        *_KEPT,
    ]
)
"""Events right of the gate; ``recommendation_id`` is a keyed stand-in there too."""

VIEWERS: Final = pa.schema(
    [
        _field("viewer_id", pa.string(), "raw viewer id", required=True),
        _field("consent", pa.bool_(), "may the viewer's events be learned from", required=True),
        _field("region", pa.string(), "ISO 3166-1 alpha-2"),
        _field("maximum_age", pa.int32(), "strictest maturity shown, in years; empty is no limit"),
    ]
)
"""What the gate and the API know of a viewer; left of the gate."""

POPULAR: Final = pa.schema(
    [
        _field("region", pa.string(), 'ISO 3166-1 alpha-2; "" is the whole world', required=True),
        _field("title_id", pa.string(), "episodes are rolled up to series", required=True),
        _field("viewers", pa.int64(), "who watched it in the last 30 days", required=True),
    ]
)
"""What many watch, for a service that has no bundle: counts of viewers, and of no viewer anything."""

_PERSON = pa.struct([("name", pa.string()), ("role", pa.string())])
_TRANSLATION = pa.struct(
    [("language", pa.string()), ("name", pa.string()), ("description", pa.string())]
)

TITLES: Final = pa.schema(
    [
        _field("title_id", pa.string(), "the catalog's own id", required=True),
        _field("title_type", pa.string(), f"one of {', '.join(TitleType)}", required=True),
        _field("name", pa.string(), "as shown to viewers", required=True),
        _field("series_id", pa.string(), "an episode's series"),
        _field("season_number", pa.int32(), "an episode's season, from 1"),
        _field("episode_number", pa.int32(), "an episode's place in its season, from 1"),
        _field("genres", pa.list_(pa.string()), "names, most fitting first"),
        _field("release_year", pa.int32(), "year of first release"),
        _field("duration_seconds", pa.float64(), "length; of a series, of a typical episode"),
        _field(
            "maturity_rating", pa.string(), f"one of {', '.join(MATURITY_AGES)}; empty counts as 18"
        ),
        _field("description", pa.string(), "a few sentences, plain text"),
        _field("cast", pa.list_(pa.string()), "names, most important first"),
        _field("crew", pa.list_(_PERSON), "name and role, such as director"),
        _field("keywords", pa.list_(pa.string()), "what it is about, most fitting first"),
        _field("regions", pa.list_(pa.string()), "where it may be shown; empty is everywhere"),
        _field("available_from", TIME, "empty is always"),
        _field("available_until", TIME, "empty is for ever"),
        _field("artwork", pa.string(), "path or address of the poster"),
        _field("languages", pa.list_(pa.string()), "ISO 639-1, original first"),
        _field(
            "translations",
            pa.list_(_TRANSLATION),
            "name and perhaps description in other languages, by tags such as nb or pt-BR",
        ),
    ]
)

ADDED: Final = frozenset({"translations"})
"""Columns of TITLES that files of earlier versions lack: there they are empty."""

INTERACTIONS: Final = pa.schema(
    [
        _field("pseudonym", pa.string(), "keyed stand-in for the viewer", required=True),
        _field("title_id", pa.string(), "episodes are rolled up to series", required=True),
        _field("weight", pa.float32(), "engagement, at least 0", required=True),
        _field("first_at", TIME, "time of the first event", required=True),
        _field("last_at", TIME, "time of the last event", required=True),
        _field("sequence", pa.int32(), "breaks ties of last_at", required=True),
        _field("watched_portion", pa.float32(), "in [0, 1]"),
        _field("region", pa.string(), "where the viewer last was"),
        _field("device_type", pa.string(), "on what the title was first taken up"),
    ]
)

RECOMMENDATIONS: Final = pa.schema(
    [
        _field("pseudonym", pa.string(), "keyed stand-in for the viewer", required=True),
        _field("title_id", pa.string(), "a title of the catalog", required=True),
        _field("rank", pa.int32(), "from 0", required=True),
        _field("score", pa.float32(), "higher is better; a model's own scale", required=True),
    ]
)

IMPRESSIONS: Final = pa.schema(
    [
        _field("pseudonym", pa.string(), "keyed stand-in for the viewer", required=True),
        _field("title_id", pa.string(), "a title of the catalog", required=True),
        _field("occurred_at", TIME, "when it was shown", required=True),
        *_KEPT,
        _field("clicked", pa.bool_(), "was it chosen from this place", required=True),
        _field("watched_portion", pa.float64(), "share watched after the click, in [0, 1]"),
    ]
)
"""What was shown, joined to what came of it."""

TABLES: Final = {
    "EVENTS": EVENTS,
    "LAKE_EVENTS": LAKE_EVENTS,
    "VIEWERS": VIEWERS,
    "TITLES": TITLES,
    "INTERACTIONS": INTERACTIONS,
    "RECOMMENDATIONS": RECOMMENDATIONS,
    "IMPRESSIONS": IMPRESSIONS,
}


def dictionary(schema: pa.Schema) -> str:
    """Return a schema as a table in Markdown: column, type, whether it may be empty, meaning."""
    rows = ["| column | type | required | unit and meaning |", "|---|---|---|---|"]
    for field in schema:
        about = field.metadata[b"about"].decode()
        required = "" if field.nullable else "yes"
        rows.append(f"| `{field.name}` | {field.type} | {required} | {about} |")
    return "\n".join(rows)

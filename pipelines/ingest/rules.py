"""What a row must be, as masks over whole columns; a mask is true where the rule is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ingest import translations
from pipelines.ingest.event_ids import UUID, are_uuids
from recsys.schema import (
    CLOCK_SKEW,
    DEVICE_TYPES,
    EARLIEST,
    LONGEST_ID,
    LONGEST_SECONDS,
    MATURITY_AGES,
    MOST_RANKED,
    OLDEST_AGE,
    TIME,
    EventType,
    TitleType,
)
from recsys.translations import LONGEST_DESCRIPTION, LONGEST_NAME


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules know besides the rows.

    Attributes
    ----------
    now : datetime
        UTC.
    title_ids : pyarrow.Array of string, optional
        The catalog; without one any title will do.
    """

    now: datetime
    title_ids: pa.Array | None


_Text: TypeAlias = pa.Array | pa.ChunkedArray
Rule = tuple[str, Callable[[pa.Table, Facts], pa.ChunkedArray]]


def _missing(name: str) -> Rule:
    return f"{name}: missing", lambda rows, _: pc.fill_null(
        _by_word(rows[name], lambda text: pc.equal(text, "")), fill_value=True
    )


def _one_of(name: str, allowed: list[str]) -> Rule:
    values = pa.array(allowed, pa.string())
    return (
        f"{name}: expected one of {', '.join(allowed)}",
        lambda rows, _: _by_word(rows[name], lambda text: _strange(text, values)),
    )


def _within(name: str, low: float, high: float, meant: str) -> Rule:
    # NaN compares as false, so that "not inside" catches it and "outside" would not.
    return (
        f"{name}: expected {meant}",
        lambda rows, _: pc.invert(
            pc.and_(pc.greater_equal(rows[name], low), pc.less_equal(rows[name], high))
        ),
    )


def _by_word(column: pa.ChunkedArray, test: Callable[[_Text], _Text]) -> pa.ChunkedArray:
    """Test every row; where the column is a dictionary, each of its words once for all its rows."""
    if not pa.types.is_dictionary(column.type):
        return test(column)
    chunks = [test(chunk.dictionary).take(chunk.indices) for chunk in column.chunks]
    return pa.chunked_array(chunks, pa.bool_())


def _strange(text: _Text, known: pa.Array) -> _Text:
    return pc.and_(pc.is_valid(text), pc.invert(pc.is_in(text, known)))


def _absent(text: _Text, catalog: pa.Array | None) -> _Text:
    if catalog is None:
        return pc.is_in(text, pa.array([], pa.string()))
    return _strange(text, catalog)


def _odd(text: _Text) -> _Text:
    long = pc.greater(pc.binary_length(text), LONGEST_ID)
    if pc.any(long).as_py():  # in bytes, which are quicker to count
        long = pc.greater(pc.utf8_length(text), LONGEST_ID)
    if not _has_control_bytes(text):
        return long
    return pc.or_(long, pc.match_substring_regex(text, r"[\x00-\x1f\x7f]"))


def _has_control_bytes(text: _Text) -> bool:
    """Look at all bytes at once, ten times as quick as at each text."""
    chunks = text.chunks if isinstance(text, pa.ChunkedArray) else [text]
    buffers = [chunk.buffers()[2] for chunk in chunks]
    bytes_of = [np.frombuffer(buffer, np.uint8) for buffer in buffers if buffer is not None]
    return any(bool(((some < 0x20) | (some == 0x7F)).any()) for some in bytes_of)


def _short(name: str) -> Rule:
    return (
        f"{name}: expected at most {LONGEST_ID} characters, none for control, control characters",
        lambda rows, _: _by_word(rows[name], _odd),
    )


def _region() -> Rule:
    return (
        "region: expected two capital letters (ISO 3166-1)",
        lambda rows, _: _by_word(
            rows["region"], lambda text: pc.invert(pc.match_substring_regex(text, "^[A-Z]{2}$"))
        ),
    )


def _valued(event_type: EventType, meant: str, right: Callable[[pa.Array], pa.Array]) -> Rule:
    return (
        f"value: expected {meant} of a {event_type}",
        lambda rows, _: pc.and_(
            _by_word(rows["event_type"], lambda text: pc.equal(text, event_type)),
            pc.invert(pc.fill_null(right(rows["value"]), fill_value=False)),
        ),
    )


def _valueless(rows: pa.Table, _: Facts) -> pa.ChunkedArray:
    with_value = pa.array([EventType.RATING, EventType.THUMB], pa.string())
    without = _by_word(rows["event_type"], lambda text: pc.invert(pc.is_in(text, with_value)))
    return pc.and_(pc.is_valid(rows["value"]), without)


def _untitled(rows: pa.Table, _: Facts) -> pa.ChunkedArray:
    is_no_search = _by_word(rows["event_type"], lambda text: pc.not_equal(text, EventType.SEARCH))
    return pc.and_(pc.is_null(rows["title_id"]), is_no_search)


def _unknown(name: str) -> Rule:
    return (
        f"{name}: not in the catalog",
        lambda rows, facts: _by_word(rows[name], lambda text: _absent(text, facts.title_ids)),
    )


def _no_uuid(rows: pa.Table, _: Facts) -> pa.ChunkedArray:
    if are_uuids(rows["event_id"]):
        return pa.chunked_array([pa.repeat(pa.scalar(value=False), len(rows))])
    return pc.invert(pc.match_substring_regex(rows["event_id"], UUID))


def _too_late(rows: pa.Table, facts: Facts) -> pa.ChunkedArray:
    return pc.greater(rows["occurred_at"], pa.scalar(facts.now + CLOCK_SKEW, TIME))


EVENT_RULES: list[Rule] = [
    _missing("event_id"),
    ("event_id: expected a UUID", _no_uuid),
    _missing("event_type"),
    _one_of("event_type", list(EventType)),
    _missing("viewer_id"),
    _short("viewer_id"),
    ("occurred_at: missing", lambda rows, _: pc.is_null(rows["occurred_at"])),
    ("occurred_at: in the future", _too_late),
    (
        f"occurred_at: before {EARLIEST:%Y}",
        lambda rows, _: pc.less(rows["occurred_at"], pa.scalar(EARLIEST, TIME)),
    ),
    ("title_id: missing, and this is no search", _untitled),
    _unknown("title_id"),
    _within("position_seconds", 0, LONGEST_SECONDS, "seconds of at least 0"),
    _within("duration_seconds", 0, LONGEST_SECONDS, "seconds of at least 0"),
    _within("watched_portion", 0, 1, "a share in [0, 1]"),
    _valued(
        EventType.RATING,
        "stars in [0.5, 5]",
        lambda value: pc.and_(pc.greater_equal(value, 0.5), pc.less_equal(value, 5)),
    ),
    _valued(EventType.THUMB, "-1 or 1", lambda value: pc.equal(pc.abs(value), 1)),
    ("value: expected none, since this is neither a rating nor a thumb", _valueless),
    _one_of("device_type", list(DEVICE_TYPES)),
    _region(),
    _within("row_rank", 0, MOST_RANKED, f"a place in [0, {MOST_RANKED:,}]"),
    _within("item_rank", 0, MOST_RANKED, f"a place in [0, {MOST_RANKED:,}]"),
    _within("propensity", 5e-324, 1, "a probability in (0, 1]"),
    *map(
        _short, ("session_id", "recommendation_id", "row_id", "source", "bundle_id", "experiment")
    ),
]


def _orphaned(rows: pa.Table, _: Facts) -> pa.ChunkedArray:
    return pc.and_(pc.equal(rows["title_type"], TitleType.EPISODE), pc.is_null(rows["series_id"]))


TITLE_RULES: list[Rule] = [
    _missing("title_id"),
    _short("title_id"),
    _missing("title_type"),
    _one_of("title_type", list(TitleType)),
    _missing("name"),
    ("series_id: missing, and this is an episode", _orphaned),
    _unknown("series_id"),
    _within("season_number", 0, 1e5, "a number from 0"),
    _within("episode_number", 0, 1e6, "a number from 0"),
    _within("release_year", 1870, 2200, "a year in [1870, 2200]"),
    _within("duration_seconds", 0, LONGEST_SECONDS, "seconds of at least 0"),
    _one_of("maturity_rating", list(MATURITY_AGES)),
    (
        "available_until: before available_from",
        lambda rows, _: pc.less(rows["available_until"], rows["available_from"]),
    ),
    (
        "translations: expected each a language, such as nb or pt-BR",
        lambda rows, _: translations.without_language(rows["translations"]),
    ),
    (
        f"translations: expected each a name, at most {LONGEST_NAME} characters",
        lambda rows, _: translations.without_name(rows["translations"]),
    ),
    (
        f"translations: expected descriptions of at most {LONGEST_DESCRIPTION} characters",
        lambda rows, _: translations.too_long(rows["translations"]),
    ),
    (
        "translations: expected each language once",
        lambda rows, _: translations.repeated(rows["translations"]),
    ),
]

VIEWER_RULES: list[Rule] = [
    _missing("viewer_id"),
    _short("viewer_id"),
    ("consent: missing", lambda rows, _: pc.is_null(rows["consent"])),
    _region(),
    _within("maximum_age", 0, OLDEST_AGE, f"an age in [0, {OLDEST_AGE}] years"),
]

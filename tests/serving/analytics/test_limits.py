"""The API refuses what an ingest refuses, at the same limits."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from pipelines.ingest.check import check
from pipelines.ingest.chunks import flawless
from pipelines.ingest.rules import Facts
from recsys.schema import CLOCK_SKEW, EARLIEST, EVENTS, LONGEST_ID, MOST_RANKED
from serving.analytics.contracts import EXAMPLE, Event

LATE = timedelta(seconds=30)
WORDS = (
    "viewer_id",
    "session_id",
    "recommendation_id",
    "row_id",
    "source",
    "bundle_id",
    "experiment",
)

AT_THE_EDGE: list[tuple[str, Any, Any]] = [
    *((name, "\u00e9" * LONGEST_ID, "\u00e9" * (LONGEST_ID + 1)) for name in WORDS),
    *((name, "a", "a\x07") for name in WORDS),
    ("occurred_at", EARLIEST, EARLIEST - LATE),
    ("occurred_at", CLOCK_SKEW - LATE, CLOCK_SKEW + 20 * LATE),  # from now, when it is asked
    ("row_rank", MOST_RANKED, MOST_RANKED + 1),
    ("item_rank", 0, -1),
    ("propensity", 1.0, 1.1),
    ("propensity", 0.001, 0.0),
    ("position_seconds", 1e9, 2e9),
    ("watched_portion", 1.0, 1.01),
]


def api_takes(name: str, value: Any) -> bool:
    sent = value.isoformat() if isinstance(value, datetime) else value
    try:
        Event.model_validate_json(json.dumps(EXAMPLE | {to_camel(name): sent}))
    except ValidationError:
        return False
    return True


def ingest_takes(name: str, value: Any) -> bool:
    example = Event.model_validate_json(json.dumps(EXAMPLE)).model_dump(mode="python")
    row = {key: example.get(key) for key in EVENTS.names} | {
        "event_id": EXAMPLE["eventId"],
        name: value,
    }
    table = pa.Table.from_pylist([row], EVENTS)
    good, bad = check(flawless(Path("x"), "events", table), Facts(datetime.now(UTC), None))
    assert len(good) + len(bad) == 1
    return bool(len(good))


@pytest.mark.parametrize(("name", "right", "wrong"), AT_THE_EDGE)
def test_both_agree_on_the_last_that_is_right_and_the_first_that_is_not(
    name: str, right: Any, wrong: Any
) -> None:
    if isinstance(right, timedelta):
        right, wrong = datetime.now(UTC) + right, datetime.now(UTC) + wrong
    assert (api_takes(name, right), ingest_takes(name, right)) == (True, True)
    assert (api_takes(name, wrong), ingest_takes(name, wrong)) == (False, False)


@pytest.mark.parametrize(
    "written", ["1700000000", "2024-05-01", "2024-05-01T20:15", "0001-01-01T00:00:00+14:00"]
)
def test_a_time_is_written_with_its_day_and_its_zone(written: str) -> None:
    assert not api_takes("occurred_at", written)
    assert api_takes("occurred_at", "2024-05-01T20:15Z")

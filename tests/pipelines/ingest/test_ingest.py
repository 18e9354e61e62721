"""What is right goes in once, and what is wrong goes aside with its line and the reason."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest import ingest
from recsys.errors import TooManyBadRowsError
from recsys.schema import EVENTS, TITLES, VIEWERS
from tests.pipelines.events import (
    bad_rows,
    content,
    event,
    write_catalog,
    write_lines,
    write_parquet,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def stored(store: Path) -> list[dict[str, Any]]:
    files = sorted((store / "raw" / "events").rglob("*.parquet"))
    return [row for path in files for row in pq.ParquetFile(path).read().to_pylist()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "in")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_events_titles_and_viewers_go_into_the_raw_side(folder: Path, store: Path) -> None:
    write_lines(folder / "events.jsonl", [event(n) for n in range(200)])
    report = ingest(folder, store, now=NOW)
    assert (report.events_new, report.titles_read, report.viewers_read) == (200, 5, 10)
    assert len(stored(store)) == 200
    raw = store / "raw"
    assert pq.read_schema(raw / "titles.parquet").equals(TITLES)
    assert pq.read_schema(raw / "viewers.parquet").equals(VIEWERS)
    parts = [str(path.relative_to(raw)) for path in raw.rglob("part-*")]
    assert parts == ["events/day=2026-05-01/part-00000.parquet"]
    assert pq.read_schema(raw / parts[0]).equals(EVENTS)
    assert stat.S_IMODE(raw.stat().st_mode) == 0o700


def test_parquet_and_json_lines_of_the_same_events_are_stored_as_the_same_bytes(
    folder: Path, tmp_path: Path
) -> None:
    rows = [event(n, watched_portion=n / 300) for n in range(300)]
    write_catalog(tmp_path / "other")
    write_lines(folder / "events.jsonl", rows)
    write_parquet(tmp_path / "other" / "events" / "day.parquet", rows)
    ingest(folder, tmp_path / "one", now=NOW)
    ingest(tmp_path / "other", tmp_path / "two", now=NOW)
    assert content(tmp_path / "one" / "raw") == content(tmp_path / "two" / "raw")


def test_the_same_file_a_second_time_changes_nothing(folder: Path, store: Path) -> None:
    rows = [event(n) for n in range(300)]
    write_lines(folder / "events.jsonl", [*rows, event(1, value=3), event(2, viewer_id="")])
    ingest(folder, store, now=NOW)
    before = content(store)
    assert ingest(folder, store, now=NOW).events_new == 0
    assert content(store) == before


def test_an_event_id_counts_once_within_a_file_and_across_files(folder: Path, store: Path) -> None:
    again = event(3, occurred_at="2026-05-02T10:00:00Z")
    upper = event(10, event_id=event(10)["event_id"].upper())
    write_lines(folder / "events.jsonl", [*(event(n) for n in range(100)), again, upper])
    assert ingest(folder, store, now=NOW).events_new == 100
    more = write_lines(folder / "more.jsonl", [event(n) for n in range(90, 110)])
    assert ingest(more, store, now=NOW).events_new == 10
    assert len({row["event_id"] for row in stored(store)}) == len(stored(store)) == 110


def test_later_titles_and_viewers_win(folder: Path, store: Path) -> None:
    ingest(folder, store, now=NOW)
    title = {"title_id": "title-1", "title_type": "series", "name": "Renamed", "genres": ["Drama"]}
    write_lines(folder / "titles.jsonl", [title | {"name": "Between"}, title])
    write_lines(folder / "viewers.jsonl", [{"viewer_id": "viewer-1", "consent": False}])
    ingest(folder, store, now=NOW)
    titles = pq.read_table(store / "raw" / "titles.parquet").to_pylist()
    assert [t["name"] for t in titles] == ["Film 0", "Renamed", "Film 2", "Film 3", "Film 4"]
    assert titles[1]["genres"] == ["Drama"]
    consent = pq.read_table(store / "raw" / "viewers.parquet")["consent"].to_pylist()
    assert consent == [True, False] + [True] * 8


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"event_id": ...}, "event_id: missing"),
        ({"event_id": "17"}, "event_id: expected a UUID"),
        ({"event_type": "watched"}, "event_type: expected one of"),
        ({"viewer_id": None}, "viewer_id: missing"),
        ({"viewer_id": {"id": 1}}, "viewer_id: expected text"),
        ({"viewer_id": "a\u0007b"}, "viewer_id: expected at most 200 characters"),
        ({"title_id": ...}, "title_id: missing"),
        ({"title_id": "title-99"}, "title_id: not in the catalog"),
        ({"occurred_at": ...}, "occurred_at: missing"),
        ({"occurred_at": "2026-05-01T20:00:00"}, "occurred_at: expected a time with its zone"),
        ({"occurred_at": "2026-13-01T20:00:00Z"}, "occurred_at: expected a time with its zone"),
        ({"occurred_at": "2026-06-01T00:06:00Z"}, "occurred_at: in the future"),
        ({"occurred_at": "1970-01-01T00:00:00Z"}, "occurred_at: before 1990"),
        ({"watched_portion": 1.01}, "watched_portion: expected a share"),
        ({"watched_portion": float("nan")}, "watched_portion: expected a share"),
        ({"watched_portion": "much"}, "watched_portion: expected a number"),
        ({"position_seconds": -1}, "position_seconds: expected seconds"),
        ({"duration_seconds": float("inf")}, "duration_seconds: expected seconds"),
        ({"propensity": 0}, "propensity: expected a probability"),
        ({"row_rank": 1.5}, "row_rank: expected a whole number"),
        ({"item_rank": -1}, "item_rank: expected a place"),
        ({"device_type": "fridge"}, "device_type: expected one of"),
        ({"region": "Germany"}, "region: expected two capital letters"),
        ({"event_type": "rating"}, "value: expected stars"),
        ({"event_type": "rating", "value": 5.5}, "value: expected stars"),
        ({"event_type": "thumb", "value": 0}, "value: expected -1 or 1"),
        ({"value": 3}, "value: expected none"),
    ],
)
def test_a_bad_event_goes_aside_with_its_line_and_reason(
    folder: Path, store: Path, fields: dict[str, Any], reason: str
) -> None:
    rows = [event(n) for n in range(1, 100)]
    write_lines(folder / "events.jsonl", [*rows[:50], event(0, **fields), *rows[50:]])
    report = ingest(folder, store, now=NOW)
    assert (report.events_new, report.bad_rows) == (99, 1)
    (bad,) = bad_rows(store, "events.jsonl")
    assert bad["line"] == 51
    assert bad["reason"].startswith(reason)
    assert bad["row"] == json.dumps(event(0, **fields))


def test_a_bad_row_of_a_parquet_file_is_named_by_its_number(folder: Path, store: Path) -> None:
    rows = [event(n, watched_portion=2.0 if n == 7 else 0.5) for n in range(100)]
    write_parquet(folder / "events" / "one.parquet", rows)
    ingest(folder, store, now=NOW)
    (bad,) = bad_rows(store, "events__one.parquet")
    assert (bad["line"], bad["row"]["watched_portion"]) == (7, 2.0)


def test_parquet_is_held_to_the_same_rules_as_json_lines(folder: Path, tmp_path: Path) -> None:
    faults: list[dict[str, Any]] = [
        {"event_id": "17"},
        {"event_type": "watched"},
        {"viewer_id": ""},
        {"viewer_id": "a\x07b"},
        {"session_id": "s" * 257},
        {"title_id": None},
        {"title_id": "title-99"},
        {"device_type": "fridge"},
        {"region": "Germany"},
        {"event_type": "rating"},
        {"event_type": "thumb", "value": 0.0},
        {"value": 3.0},
    ]
    rows = [event(n, **fault) for n, fault in enumerate(faults)]
    rows += [event(n, region="DE", event_type="search", title_id=None) for n in range(100, 1300)]
    lines = write_lines(tmp_path / "lines" / "events.jsonl", rows)
    parquet = write_parquet(tmp_path / "table" / "events.parquet", rows)
    for path in (lines, parquet):
        ingest(folder, tmp_path / path.suffix, now=NOW)
        report = ingest(path, tmp_path / path.suffix, now=NOW)
        assert (report.events_new, report.bad_rows) == (1200, len(faults))
    ours, theirs = (
        [row["reason"] for row in bad_rows(tmp_path / path.suffix, path.name)]
        for path in (parquet, lines)
    )
    assert ours == theirs


def test_events_in_another_order_are_sorted_by_time_and_known_ids_left_out(
    folder: Path, store: Path
) -> None:
    write_parquet(folder / "one.parquet", [event(n) for n in range(0, 100, 3)])
    ingest(folder, store, now=NOW)
    more = [event(n, device_type="tv" if n % 2 else "phone") for n in reversed(range(100))]
    report = ingest(write_parquet(folder / "two.parquet", more), store, now=NOW)
    assert (report.events_read, report.events_new) == (100, 66)
    second = pq.ParquetFile(next((store / "raw").rglob("part-00001.parquet"))).read()
    numbers = [n for n in range(100) if n % 3]
    assert second["event_id"].to_pylist() == [event(n)["event_id"] for n in numbers]
    assert second["device_type"].to_pylist() == ["tv" if n % 2 else "phone" for n in numbers]


@pytest.mark.parametrize("line", ["{", "[1]", "null", '"text"', "\x00\x01", '{"event_id": 1} {}'])
def test_a_line_that_is_no_object_goes_aside(folder: Path, store: Path, line: str) -> None:
    write_lines(folder / "events.jsonl", [*(event(n) for n in range(100)), line])
    assert ingest(folder, store, now=NOW).bad_rows == 1
    assert bad_rows(store, "events.jsonl")[0]["line"] == 101


def test_a_byte_order_mark_carriage_returns_and_blank_lines_do_no_harm(
    folder: Path, store: Path
) -> None:
    lines = [json.dumps(event(n)) for n in range(100)]
    lines.insert(40, "")
    lines.append(json.dumps(event(100, region="nowhere")))
    text = "\r\n".join(lines)
    (folder / "events.jsonl").write_bytes(b"\xef\xbb\xbf" + text.encode())
    report = ingest(folder, store, now=NOW)
    assert (report.events_new, report.bad_rows) == (100, 1)
    assert bad_rows(store, "events.jsonl")[0]["line"] == 102


def test_a_line_in_another_encoding_goes_aside(folder: Path, store: Path) -> None:
    lines = [json.dumps(event(n)).encode() for n in range(100)]
    broken = b'{"event_id": "caf\xe9"}'
    (folder / "events.jsonl").write_bytes(b"\n".join([*lines, broken, b""]))
    assert ingest(folder, store, now=NOW).bad_rows == 1


def test_zones_are_turned_into_utc(folder: Path, store: Path) -> None:
    write_lines(folder / "events.jsonl", [event(0, occurred_at="2026-05-02T01:30:00+02:00")])
    ingest(folder, store, now=NOW)
    assert stored(store)[0]["occurred_at"] == datetime(2026, 5, 1, 23, 30, tzinfo=UTC)


def test_a_parquet_time_without_zone_is_utc(folder: Path, store: Path) -> None:
    moment = datetime(2026, 5, 1, 20)  # noqa: DTZ001
    row = {k: [v] for k, v in event(0).items()} | {"occurred_at": pa.array([moment])}
    pq.write_table(pa.table(row), folder / "events.parquet")
    ingest(folder, store, now=NOW)
    assert stored(store)[0]["occurred_at"] == datetime(2026, 5, 1, 20, tzinfo=UTC)


def test_an_episode_may_come_before_its_series_but_not_without(folder: Path, store: Path) -> None:
    episode = {"title_id": "e", "title_type": "episode", "name": "Pilot", "series_id": "s"}
    series = {"title_id": "s", "title_type": "series", "name": "Saga"}
    write_lines(folder / "a.jsonl", [episode])
    write_lines(folder / "b.jsonl", [series])
    assert ingest(folder, store, now=NOW).bad_rows == 0
    lone = write_lines(
        folder / "c" / "titles.jsonl", [episode | {"title_id": "f", "series_id": "x"}]
    )
    with pytest.raises(TooManyBadRowsError, match="series_id: not in the catalog"):
        ingest(lone, store, now=NOW)


def test_artwork_is_copied(folder: Path, store: Path) -> None:
    (folder / "artwork").mkdir()
    (folder / "artwork" / "title-1.svg").write_text("<svg/>")
    ingest(folder, store, now=NOW)
    assert (store / "artwork" / "title-1.svg").read_text() == "<svg/>"


def test_a_poster_that_changed_is_copied_again_and_nothing_is_left_beside_it(
    folder: Path, store: Path
) -> None:
    poster = folder / "artwork" / "of" / "title-1.svg"
    poster.parent.mkdir(parents=True)
    for text in ("<svg/>", "<svg></svg>"):
        poster.write_text(text)
        ingest(folder, store, now=NOW)
        (copy,) = [path for path in (store / "artwork").rglob("*") if path.is_file()]
        assert (copy.name, copy.read_text()) == ("title-1.svg", text)

"""What clients wrote stays left of the gate: every byte is looked at."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.anonymise import anonymise
from pipelines.lake import read_events
from recsys.schema import EVENTS
from tests.pipelines.events import content, event
from tests.pipelines.lakes import POLICY, secret, store_of

CLOSED = ("event_type", "title_id", "device_type", "region")
"""Columns in which an ingest lets nothing pass that it does not know."""


def test_no_word_that_a_client_wrote_is_in_any_byte_right_of_the_gate(tmp_path: Path) -> None:
    rows = [secret(n) for n in range(500)]
    strange = [secret(500 + n) | {name: f"secret {name}"} for n, name in enumerate(CLOSED)]
    search = event(600, event_type="search", title_id=..., query="words secret search")
    texts = {field.name for field in EVENTS if pa.types.is_string(field.type)}
    assert {name for row in strange for name in row} >= texts
    store = store_of(tmp_path, [*rows, *strange, search])
    anonymise(store, POLICY)
    raw = {str(row[name]) for row in rows for name in texts.difference(CLOSED)}
    raw |= {row[name] for row, name in zip(strange, CLOSED, strict=True)}
    written = content(store / "lake")
    decoded = [
        value
        for path in sorted((store / "lake").rglob("*.parquet"))
        for column in pq.ParquetFile(path).read().columns
        for value in map(str, column.to_pylist())
    ]
    assert [
        (name, one) for name, data in written.items() for one in raw if one.encode() in data
    ] == []
    assert raw & set(decoded) == set()
    assert not [value for value in decoded if "secret" in value or "192.0.2." in value]
    assert "0.123456789" not in decoded
    assert len(read_events(store)) == 500


def test_of_a_row_only_its_kind_is_kept(tmp_path: Path) -> None:
    ids = ["because-title-4", "genre-drama", "top-picks", "new", "newest", "Ada Lovelace"]
    rows = [event(n, title_id="title-1", row_id=ids[n % 6]) for n in range(60)]
    store = store_of(tmp_path, rows)
    anonymise(store, POLICY)
    kept = Counter(read_events(store)["row_id"].to_pylist())
    assert kept == {"because": 10, "genre": 10, "top-picks": 10, "new": 10, None: 20}


def test_a_word_stays_if_k_viewers_have_it_among_what_is_kept(tmp_path: Path) -> None:
    sources = ["als"] * 5 + ["ease"] * 4 + ["Ada Lovelace"]
    rows = [event(n, title_id="title-1", source=sources[n % 10]) for n in range(100)]
    # A fifth viewer has it too, but only in what does not pass.
    alone = event(200, viewer_id="viewer-9", title_id="title-2", source="ease")
    store = store_of(tmp_path, [*rows, alone])
    anonymise(store, POLICY)
    assert Counter(read_events(store)["source"].to_pylist()) == {"als": 50, None: 50}


def test_experiments_and_bundle_ids_stay_if_they_look_like_ours(tmp_path: Path) -> None:
    ours = {"experiment": "row-order:turn-1", "bundle_id": "0123456789abcdef"}
    others = {"experiment": "user=7 ip=192.0.2.7", "bundle_id": "Ada Lovelace, 12 Main St"}
    rows = [event(n, title_id="title-1", **(ours if n < 50 else others)) for n in range(100)]
    store = store_of(tmp_path, rows)
    anonymise(store, POLICY)
    for name, word in ours.items():
        assert Counter(read_events(store)[name].to_pylist()) == {word: 50, None: 50}


def test_numbers_keep_two_digits(tmp_path: Path) -> None:
    fine = {"propensity": 0.0123456, "watched_portion": 0.98765, "position_seconds": 5432.1}
    store = store_of(tmp_path, [event(n, title_id="title-1", **fine) for n in range(10)])
    anonymise(store, POLICY)
    row = read_events(store).to_pylist()[0]
    assert {name: row[name] for name in fine} == {
        "propensity": 0.012,
        "watched_portion": 0.99,
        "position_seconds": 5400.0,
    }

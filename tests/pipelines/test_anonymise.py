"""What passes the gate, in which order, and what keeps the rest out."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.anonymise import anonymise
from pipelines.ingest import ingest
from pipelines.ingest.raw import next_raw
from pipelines.lake import read_events, read_titles
from pipelines.numbering import Numbering
from recsys.errors import InputError, PrivacyError
from recsys.schema import LAKE_EVENTS, TITLES
from tests.pipelines.events import content, event, write_lines
from tests.pipelines.lakes import NOW, POLICY, policy, secret, store_of


def test_no_time_is_finer_than_the_policy_says(tmp_path: Path) -> None:
    start = datetime(2026, 5, 1, 20, 59, 58, 999_999, tzinfo=UTC)
    rows = [
        event(n, occurred_at=(start + n * timedelta(minutes=7)).isoformat()) for n in range(100)
    ]
    store = store_of(tmp_path, rows)
    anonymise(store, policy(time_granularity_seconds=900))
    times = read_events(store)["occurred_at"].to_pylist()
    assert {(time.minute % 15, time.second, time.microsecond) for time in times} == {(0, 0, 0)}
    assert min(times) == datetime(2026, 5, 1, 20, 45, tzinfo=UTC)


def test_a_viewers_order_is_kept_and_nothing_else_of_the_raw_order(tmp_path: Path) -> None:
    watched = [0, 3, 1, 4, 2]
    rows = [
        event(100 * viewer + place, viewer_id=f"viewer-{viewer}", title_id=f"title-{title}",
              occurred_at=f"2026-05-01T20:00:{place:02}Z")
        for viewer in range(6)
        for place, title in enumerate(watched)
    ]  # fmt: skip
    store = store_of(tmp_path, rows)
    anonymise(store, POLICY)
    events = read_events(store).to_pylist()
    assert events == sorted(events, key=lambda row: (row["pseudonym"], row["sequence"]))
    for start in range(0, 30, 5):
        mine = events[start : start + 5]
        assert [row["sequence"] for row in mine] == [0, 1, 2, 3, 4]
        assert [row["title_id"] for row in mine] == [f"title-{title}" for title in watched]


def test_the_sequence_goes_on_from_day_to_day(tmp_path: Path) -> None:
    rows = [
        event(
            n, viewer_id="viewer-1", title_id="title-1", occurred_at=f"2026-0{m}-03T10:00:0{n % 5}Z"
        )
        for n, m in enumerate([1, 1, 2, 3, 3])
    ]
    store = store_of(tmp_path, rows)
    anonymise(store, policy(k_viewers=1))
    assert len(list((store / "lake" / "events").iterdir())) == 3
    assert read_events(store)["sequence"].to_pylist() == [0, 1, 2, 3, 4]


def test_viewers_without_consent_or_of_whom_nothing_is_known_stay_behind(tmp_path: Path) -> None:
    rows = [event(n) for n in range(100)]
    strangers = [event(n, viewer_id="stranger") for n in range(100, 120)]
    store = store_of(tmp_path, rows + strangers, viewer_3=False, viewer_8=False)
    report = anonymise(store, policy(k_viewers=1))
    assert (report.events_out, report.without_consent) == (80, 20 + 20)
    assert len(set(read_events(store)["pseudonym"].to_pylist())) == 8
    trusting = anonymise(store, policy(k_viewers=1, unknown_viewers_consent=True))
    assert trusting.events_out == 100


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.integers(1, 6))
def test_a_title_stays_exactly_if_k_viewers_have_events_of_it(crowd: list[int], k: int) -> None:
    rows = [
        event(10 * title + viewer, viewer_id=f"viewer-{viewer}", title_id=f"title-{title}")
        for title, size in enumerate(crowd)
        for viewer in range(size)
    ]
    with tempfile.TemporaryDirectory() as name:
        store = store_of(Path(name), [*rows, event(999, viewer_id="stranger")])
        report = anonymise(store, policy(k_viewers=k))
        kept = set(read_events(store)["title_id"].to_pylist())
        titles = read_titles(store)
    assert kept == {f"title-{title}" for title, size in enumerate(crowd) if size >= k}
    assert report.few_viewers == sum(size for size in crowd if size < k)
    assert len(titles) == 5


def test_the_lakes_titles_are_the_catalogs_whatever_viewers_did(tmp_path: Path) -> None:
    crowd = store_of(tmp_path / "crowd", [event(n, title_id="title-1") for n in range(100)])
    alone = store_of(tmp_path / "alone", [event(n, title_id="title-4") for n in range(1)])
    for store in (crowd, alone):
        anonymise(store, POLICY)
    both = [content(store / "lake")["titles.parquet"] for store in (crowd, alone)]
    assert both[0] == both[1]
    raw = pq.read_table(crowd / "raw" / "titles.parquet")
    assert read_titles(crowd).equals(raw.cast(TITLES))


def test_what_the_catalog_lacks_is_no_title(tmp_path: Path) -> None:
    store = store_of(tmp_path, [event(n, title_id="title-1") for n in range(100)])
    catalog = pq.read_table(store / "raw" / "titles.parquet")
    pq.write_table(
        catalog.filter(pc.not_equal(catalog["title_id"], "title-1")),
        store / "raw" / "titles.parquet",
    )
    assert anonymise(store, POLICY).without_title == 100


def test_being_shown_a_title_and_watching_it_are_counted_apart(tmp_path: Path) -> None:
    shown = [event(n, event_type="impression", title_id="title-1") for n in range(10)]
    watched = [event(n, title_id="title-1") for n in range(100, 104)]
    store = store_of(tmp_path, shown + watched)
    assert anonymise(store, policy(k_viewers=5)).few_viewers == 4
    assert set(read_events(store)["event_type"].to_pylist()) == {"impression"}


def test_episodes_count_for_their_series(tmp_path: Path) -> None:
    folder = tmp_path / "more"
    series = {"title_id": "s", "title_type": "series", "name": "Saga"}
    parts = [
        {"title_id": f"e{n}", "title_type": "episode", "name": f"Part {n}", "series_id": "s"}
        for n in range(5)
    ]
    store = store_of(tmp_path, [])
    write_lines(folder / "titles.jsonl", [series, *parts])
    write_lines(folder / "events.jsonl", [event(n, title_id=f"e{n}") for n in range(5)])
    ingest(folder, store, now=NOW)
    assert anonymise(store, policy(k_viewers=5)).events_out == 5


def test_what_is_older_than_the_retention_stays_behind(tmp_path: Path) -> None:
    rows = [
        event(n, occurred_at=f"2026-05-{n + 1:02}T10:00:00Z", title_id="title-1") for n in range(20)
    ]
    store = store_of(tmp_path, rows)
    report = anonymise(store, policy(k_viewers=1, retention_days=5))
    assert (report.events_out, report.too_old) == (6, 14)


def test_an_id_that_is_stored_twice_counts_once(tmp_path: Path) -> None:
    store = store_of(tmp_path, [event(n) for n in range(100)])
    with next_raw(store) as beside:
        (part,) = (beside / "events").rglob("part-*.parquet")
        again = beside / "events" / "day=2026-05-02"
        again.mkdir()
        (again / "part-00000.parquet").write_bytes(part.read_bytes())
    report = anonymise(store, POLICY)
    assert (report.events_in, report.events_out, report.duplicates) == (200, 100, 100)


def test_columns_that_the_policy_does_not_keep_are_empty(tmp_path: Path) -> None:
    store = store_of(tmp_path, [secret(n) for n in range(100)])
    columns = tuple(name for name in POLICY.kept_columns if name not in {"region", "session_id"})
    anonymise(store, policy(kept_columns=columns))
    events = read_events(store)
    assert events.schema.equals(LAKE_EVENTS)
    assert events["region"].null_count == events["session_id"].null_count == 100
    assert events["device_type"].null_count == 0


def test_the_same_events_and_key_give_the_same_bytes_and_another_key_other_ones(
    tmp_path: Path,
) -> None:
    store = store_of(tmp_path, [secret(n) for n in range(300)])
    anonymise(store, POLICY)
    before = content(store / "lake")
    anonymise(store, POLICY)
    assert content(store / "lake") == before
    (store / "key" / "pseudonym.key").unlink()
    anonymise(store, POLICY)
    parts = [name for name in before if "part" in name]
    assert all(content(store / "lake")[name] != before[name] for name in parts)


def test_the_gate_writes_down_its_policy_and_what_it_left_out(tmp_path: Path) -> None:
    store = store_of(tmp_path, [event(n) for n in range(100)], viewer_1=False)
    anonymise(store, POLICY)
    gate = json.loads((store / "lake" / "gate.json").read_text())
    assert gate["policy"]["k_viewers"] == 5
    # Of the ten viewers with ten events each, one stays behind.
    assert gate["events"]["without_consent"] == 10
    assert gate["events"]["events_out"] == 90 - gate["events"]["few_viewers"]


def test_a_key_that_others_can_read_stops_the_gate_and_the_lake_stays(tmp_path: Path) -> None:
    store = store_of(tmp_path, [event(n) for n in range(100)])
    anonymise(store, POLICY)
    before = content(store / "lake")
    (store / "key" / "pseudonym.key").chmod(0o644)
    with pytest.raises(PrivacyError, match="0600"):
        anonymise(store, policy(k_viewers=1))
    assert content(store / "lake") == before


def test_a_lake_of_which_nothing_is_left_can_be_read(tmp_path: Path) -> None:
    store = store_of(tmp_path, [event(n) for n in range(100)])
    assert anonymise(store, policy(k_viewers=11)).events_out == 0
    assert read_events(store).equals(LAKE_EVENTS.empty_table())


def test_without_raw_events_there_is_no_lake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="recsys ingest"):
        anonymise(tmp_path, POLICY)
    with pytest.raises(InputError, match="recsys ingest"):
        read_events(tmp_path)


def test_a_killed_gate_leaves_the_old_lake(tmp_path: Path) -> None:
    store = store_of(tmp_path, [event(n) for n in range(100)])
    anonymise(store, POLICY)
    before = content(store / "lake")
    script = (
        "import json, sys, time\nfrom pathlib import Path\nimport pipelines.anonymise as gate\n"
        "from recsys.privacy.policy import Policy\n"
        "def wait(*_, **__):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "gate.json.dumps = wait\n"
        "gate.anonymise(Path(sys.argv[1]), Policy.model_validate_json(sys.argv[2]))"
    )
    given = policy(k_viewers=1).model_dump_json()
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store), given], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, signal.SIGKILL)
    assert content(store / "lake") == before
    anonymise(store, POLICY)
    assert not list(store.glob(".lake*"))


def test_events_are_read_between_two_moments(tmp_path: Path) -> None:
    rows = [event(n, occurred_at=f"2026-05-{n + 1:02}T10:00:00Z") for n in range(20)]
    store = store_of(tmp_path, rows)
    anonymise(store, policy(k_viewers=1))
    since, until = (datetime(2026, 5, day, 10, tzinfo=UTC) for day in (3, 6))
    read = read_events(store, columns=["occurred_at"], since=since, until=until)
    assert sorted(time.day for time in read["occurred_at"].to_pylist()) == [3, 4, 5]


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=5))
def test_numbers_go_on_from_call_to_call(calls: list[list[str]]) -> None:
    numbering, seen = Numbering(), dict.fromkeys("abc", 0)
    for ids in calls:
        numbers = numbering.number(pa.array(ids, pa.string())).to_pylist()
        for one, number in zip(ids, numbers, strict=True):
            assert number == seen[one]
            seen[one] += 1

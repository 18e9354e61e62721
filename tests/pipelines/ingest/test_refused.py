"""A refused or killed ingest leaves no trace: nothing is written, the old state stays."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.files import lock
from pipelines.ingest import ingest
from recsys.errors import BusyError, InputError, TooManyBadRowsError
from tests.pipelines.events import content, event, write_catalog, write_lines, write_parquet

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "in")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def garbage(folder: Path, kind: str) -> Path:
    path = folder / "events.parquet"
    write_parquet(path, [event(n) for n in range(100)])
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:-20])
    elif kind == "damaged":
        raw = bytearray(path.read_bytes())
        raw[4 : len(raw) // 2] = bytes(len(raw) // 2 - 4)
        path.write_bytes(bytes(raw))
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "other columns":
        pq.write_table(pa.table({"user": [1], "item": [2]}), path)
    elif kind == "other types":
        rows = {k: [v] for k, v in event(0).items()} | {"event_type": [[1]]}
        pq.write_table(pa.table(rows), path)
    return path


@pytest.mark.parametrize("kind", ["truncated", "damaged", "empty", "other columns", "other types"])
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_written(
    folder: Path, store: Path, kind: str
) -> None:
    ingest(folder, store, now=NOW)
    before = content(store)
    path = garbage(folder, kind)
    with pytest.raises(InputError, match=r"events\.parquet"):
        ingest(folder, store, now=NOW)
    assert content(store) == before
    assert not list(store.glob(".*"))
    assert path.exists()


def test_binary_garbage_is_refused(folder: Path, store: Path) -> None:
    (folder / "events.jsonl").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(TooManyBadRowsError, match="not a JSON object"):
        ingest(folder, store, now=NOW)
    assert not (store / "raw").exists()


def test_two_percent_bad_rows_stop_it_before_anything_is_written(folder: Path, store: Path) -> None:
    rows = [event(n, region="nowhere" if n % 50 == 0 else "DE") for n in range(200)]
    write_lines(folder / "events.jsonl", rows)
    with pytest.raises(TooManyBadRowsError, match=r"4 of 200.*region"):
        ingest(folder, store, now=NOW)
    assert content(store) == {"raw.lock": b""}


def test_one_percent_is_tolerated(folder: Path, store: Path) -> None:
    rows = [event(n, region="nowhere" if n % 100 == 0 else "DE") for n in range(200)]
    write_lines(folder / "events.jsonl", rows)
    assert ingest(folder, store, now=NOW).events_new == 198


@pytest.mark.parametrize("folders", [[], ["void"], ["void", "void/deeper"]])
def test_where_nothing_known_lies_is_said(tmp_path: Path, store: Path, folders: list[str]) -> None:
    for name in folders:
        (tmp_path / name).mkdir()
    with pytest.raises(InputError, match="void"):
        ingest(tmp_path / "void", store)
    assert not store.exists()


def test_two_at_once_are_refused(folder: Path, store: Path) -> None:
    with lock(store / "raw.lock"), pytest.raises(BusyError):
        ingest(folder, store, now=NOW)


def test_a_killed_ingest_leaves_the_old_state_and_the_next_one_cleans_up(
    folder: Path, store: Path
) -> None:
    ingest(folder, store, now=NOW)
    before = content(store / "raw")
    write_parquet(folder / "events.parquet", [event(n) for n in range(1000)])
    # It stops itself when it has written everything beside and would switch next.
    script = (
        "import sys, time\nfrom pathlib import Path\nimport pipelines.ingest.run as run\n"
        "def wait(*_):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "run.copy_artwork = wait\nrun.ingest(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(store)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as out:
        assert out.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert content(store / "raw") == before
    assert list(store.glob(".raw.*.part"))
    assert ingest(folder, store, now=NOW).events_new == 1000
    assert not list(store.glob(".raw.*.part"))

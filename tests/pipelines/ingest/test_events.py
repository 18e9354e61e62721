"""Each id is stored once, whether it was stored before or came earlier in the same run."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ingest.events import Events
from recsys.schema import EVENTS
from tests.pipelines.events import event, write_parquet


def some(folder: Path, numbers: range) -> pa.Table:
    path = write_parquet(folder / "given.parquet", [event(n) for n in numbers])
    return pq.ParquetFile(path).read().cast(EVENTS)


def test_an_id_counts_once_among_stored_and_added_events(tmp_path: Path) -> None:
    folder = tmp_path / "events"
    for numbers in (range(40), range(40, 90)):
        assert Events(folder).add(some(tmp_path, numbers)) == len(numbers)
    adding = Events(folder)
    assert adding.add(some(tmp_path, range(30, 100))) == 10
    assert adding.add(some(tmp_path, range(20, 110))) == 10
    assert adding.add(some(tmp_path, range(50))) == 0
    assert adding.add(some(tmp_path, range(100, 120))) == 10
    ids = [
        one
        for part in folder.rglob("*.parquet")
        for one in pq.ParquetFile(part).read(["event_id"])["event_id"].to_pylist()
    ]
    assert sorted(ids) == sorted(event(n)["event_id"] for n in range(120))

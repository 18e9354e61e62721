"""The raw side of the store: titles and viewers in one file each, events by day, each id once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipelines.days import Span, spans
from pipelines.files import atomic_directory, atomic_file, lock, remove_leftovers
from pipelines.ingest.chunks import WORDS
from pipelines.ingest.event_ids import Seen, sums
from pipelines.query import connected, query

_WRITERS = 2
"""Parts written at a time: each takes a core, and writing takes longer than all the rest."""


@contextmanager
def next_raw(store: Path) -> Iterator[Path]:
    """Yield a copy of ``<store>/raw`` to change; it becomes ``<store>/raw`` if all goes well.

    Files are linked, not copied, so they may be replaced and added but not written into.

    Raises
    ------
    BusyError
        If another process is changing it.
    """
    raw = store / "raw"
    with lock(store / "raw.lock"):
        remove_leftovers(raw)
        with atomic_directory(raw, mode=0o700) as beside:
            if raw.is_dir():
                shutil.copytree(raw, beside, copy_function=os.link, dirs_exist_ok=True)
            yield beside


def merge(path: Path, key: str, table: pa.Table) -> pa.Table:
    """Add rows to a Parquet file sorted by ``key``; of rows with the same key the last stays.

    Returns
    -------
    pyarrow.Table
        What the file now holds.
    """
    if path.is_file():
        table = pa.concat_tables([pq.read_table(path, schema=table.schema), table])
    order = query("SELECT max(n) AS n FROM ids GROUP BY id ORDER BY id", ids=_numbered(table[key]))
    merged = table.take(order["n"]).combine_chunks()
    with atomic_file(path, mode=0o600) as beside:
        pq.write_table(merged, beside)
    return merged


def add_events(folder: Path, events: pa.Table, seen: Seen) -> int:
    """Add events to ``<folder>/day=YYYY-MM-DD/part-NNNNN.parquet``, those with a new id.

    Within a part they are sorted by time; ties stay in the order they came. ``pipelines.days``
    says which days share a folder.

    Parameters
    ----------
    folder : Path
    events : pyarrow.Table
        EVENTS, the ids UUIDs in small letters.
    seen : Seen
        The ids in the folder; the new ones are added.

    Returns
    -------
    int
        How many were new.
    """
    new = _unknown(folder, events, seen)
    if not len(new):
        return 0
    moments = new["occurred_at"].to_numpy().astype("datetime64[us]")
    order = np.argsort(moments, kind="stable")
    if (np.diff(order) != 1).any():
        new = new.take(order)
    days = moments[order].astype("datetime64[D]")

    def write(span: Span) -> None:
        _write_part(folder / span.folder, new.slice(np.searchsorted(days, span.first), span.rows))

    with ThreadPoolExecutor(_WRITERS) as writers:
        list(writers.map(write, spans(*np.unique(days, return_counts=True))))
    return len(new)


def _write_part(directory: Path, events: pa.Table) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    part = directory / f"part-{len(list(directory.glob('part-*.parquet'))):05}.parquet"
    pq.write_table(
        events,
        part,
        use_dictionary=WORDS,
        write_statistics=["occurred_at"],
        compression="zstd",
    )


def _unknown(folder: Path, events: pa.Table, seen: Seen) -> pa.Table:
    """Keep the events with a new id, and remember it; ids are compared where their sums are the same."""
    marks = sums(events["event_id"])
    new = _unstored(folder, events, seen.among(marks))
    if len(np.unique(marks)) < len(marks):
        new = _once(new)
    seen.add(marks if len(new) == len(marks) else sums(new["event_id"]))
    return new


def _once(events: pa.Table) -> pa.Table:
    """Keep the first of the rows with the same id."""
    ids = _numbered(events["event_id"])
    order = query("SELECT min(n) AS n FROM ids GROUP BY id ORDER BY n", ids=ids)
    return events.take(order["n"])


def _unstored(folder: Path, events: pa.Table, doubtful: NDArray[np.bool_]) -> pa.Table:
    """Leave out those of some events that are stored."""
    if not doubtful.any():
        return events
    with connected() as connection:
        connection.register("new", events.select(["event_id"]).filter(pa.array(doubtful)))
        stored = connection.read_parquet(f"{folder}/day=*/part-*.parquet", hive_partitioning=False)
        connection.register("stored", stored.project("event_id"))
        known = connection.sql("SELECT event_id FROM stored SEMI JOIN new USING (event_id)")
        ids = known.to_arrow_table()["event_id"].combine_chunks()
    return events.filter(pc.invert(pc.is_in(events["event_id"], ids)))


def _numbered(ids: pa.ChunkedArray) -> pa.Table:
    return pa.table({"id": ids, "n": np.arange(len(ids))})

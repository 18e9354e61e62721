"""The raw side of the store: titles and viewers in one file each, events by day, each id once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.days import spans
from pipelines.files import atomic_directory, atomic_file, lock, remove_leftovers
from pipelines.query import connected, query
from recsys.schema import EVENTS

_REPETITIVE = [name for name in EVENTS.names if name != "event_id"]
"""Columns that a dictionary makes smaller; an event's id never comes again."""


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


def add_events(folder: Path, events: pa.Table) -> int:
    """Add events to ``<folder>/day=YYYY-MM-DD/part-NNNNN.parquet``, those with a new id.

    Within a part they are sorted by time; ties stay in the order they came. ``pipelines.days``
    says which days share a folder.

    Returns
    -------
    int
        How many were new.
    """
    new = _unstored(folder, _once(events))
    if not len(new):
        return 0
    moments = new["occurred_at"].to_numpy().astype("datetime64[us]")
    order = np.argsort(moments, kind="stable")
    if (np.diff(order) != 1).any():
        new = new.take(order)
    days = moments[order].astype("datetime64[D]")
    for span in spans(*np.unique(days, return_counts=True)):
        directory = folder / span.folder
        directory.mkdir(parents=True, exist_ok=True)
        part = directory / f"part-{len(list(directory.glob('part-*.parquet'))):05}.parquet"
        rows = new.slice(np.searchsorted(days, span.first), span.rows)
        pq.write_table(rows, part, use_dictionary=_REPETITIVE, write_statistics=["occurred_at"])
    return len(new)


def _once(events: pa.Table) -> pa.Table:
    """Keep the first of the rows with the same id."""
    if _surely_distinct(events["event_id"]):
        return events
    ids = _numbered(events["event_id"])
    order = query("SELECT min(n) AS n FROM ids GROUP BY id ORDER BY n", ids=ids)
    return events.take(order["n"])


def _surely_distinct(ids: pa.ChunkedArray) -> bool:
    """Whether even 64-bit sums over the ids' bytes differ, which is quick to see."""
    width = 36  # a UUID in text
    raw = ids.cast(pa.binary()).cast(pa.binary(width)).combine_chunks()
    text = np.frombuffer(raw.buffers()[1], np.uint32)[raw.offset * 9 :][: len(raw) * 9]
    odd = np.random.default_rng(0).integers(1, 2**63, 9, dtype=np.uint64) | np.uint64(1)
    sums = np.sort(text.reshape(-1, 9).astype(np.uint64) @ odd)
    return bool((sums[1:] != sums[:-1]).all())


def _unstored(folder: Path, events: pa.Table) -> pa.Table:
    if not any(folder.glob("day=*/part-*.parquet")):
        return events
    with connected() as connection:
        connection.register("new", events.select(["event_id"]))
        stored = connection.read_parquet(f"{folder}/day=*/part-*.parquet", hive_partitioning=False)
        connection.register("stored", stored.project("event_id"))
        known = connection.sql("SELECT event_id FROM stored SEMI JOIN new USING (event_id)")
        ids = known.to_arrow_table()["event_id"].combine_chunks()
    return events.filter(pc.invert(pc.is_in(events["event_id"], ids))) if len(ids) else events


def _numbered(ids: pa.ChunkedArray) -> pa.Table:
    return pa.table({"id": ids, "n": np.arange(len(ids))})

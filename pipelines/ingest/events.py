"""Events into folders by day, each id once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.days import Span, spans
from pipelines.ingest.chunks import WORDS
from pipelines.ingest.event_ids import Seen
from pipelines.query import connected
from pipelines.tables import INGEST_AGAIN, telling_damage

_WRITERS = 2
"""Parts written at a time: each takes a core, and writing takes longer than all the rest."""


class Events:
    """The events of a folder, and those that are added to it in one run.

    Parameters
    ----------
    folder : Path
        Holds ``day=YYYY-MM-DD/part-NNNNN.parquet``; nobody else may add to it meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stored = sorted(map(str, folder.glob("day=*/part-*.parquet")))
        self._seen = Seen()

    def add(self, events: pa.Table) -> int:
        """Add those with a new id as further parts.

        Within a part they are sorted by time; ties stay in the order they came. ``pipelines.days``
        says which days share a folder.

        Parameters
        ----------
        events : pyarrow.Table
            EVENTS, the ids UUIDs in small letters.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        InputError
            If a part that was there before is damaged.
        """
        new = self._new(events)
        if not len(new):
            return 0
        moments = new["occurred_at"].to_numpy().astype("datetime64[us]")
        order = np.argsort(moments, kind="stable")
        if (np.diff(order) != 1).any():
            new = new.take(order)
        days = moments[order].astype("datetime64[D]")

        def write(span: Span) -> None:
            rows = new.slice(np.searchsorted(days, span.first), span.rows)
            _write_part(self._folder / span.folder, rows)

        with ThreadPoolExecutor(_WRITERS) as writers:
            list(writers.map(write, spans(*np.unique(days, return_counts=True))))
        return len(new)

    def _new(self, events: pa.Table) -> pa.Table:
        fresh = self._seen.fresh(events["event_id"])
        new = events if fresh.all() else events.filter(pa.array(fresh))
        return _unstored(self._stored, new) if self._stored else new


def _unstored(parts: list[str], events: pa.Table) -> pa.Table:
    """Leave out those of some events that are in files already."""
    with connected() as connection, telling_damage(parts, INGEST_AGAIN):
        connection.register("new", events.select(["event_id"]))
        stored = connection.read_parquet(parts, hive_partitioning=False)
        connection.register("stored", stored.project("event_id"))
        known = connection.sql("SELECT event_id FROM stored SEMI JOIN new USING (event_id)")
        ids = known.to_arrow_table()["event_id"].combine_chunks()
    return events.filter(pc.invert(pc.is_in(events["event_id"], ids))) if len(ids) else events


def _write_part(directory: Path, events: pa.Table) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    write_part(directory / f"part-{len(list(directory.glob('part-*.parquet'))):05}.parquet", events)


def write_part(part: Path, events: pa.Table) -> None:
    """Write events, EVENTS, to a file."""
    pq.write_table(
        events,
        part,
        use_dictionary=WORDS,
        write_statistics=["occurred_at"],
        compression="zstd",
    )

"""The whole of an ingest: read, check, put aside what is bad, add what is new, switch at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from pipelines.ingest import raw
from pipelines.ingest.artwork import copy_artwork
from pipelines.ingest.check import check
from pipelines.ingest.chunks import SCHEMAS, Chunk
from pipelines.ingest.events import Events
from pipelines.ingest.quarantine import Quarantine
from pipelines.ingest.rules import Facts
from pipelines.ingest.sources import chunks
from pipelines.tables import INGEST_AGAIN, read_table
from recsys.schema import EVENTS

_AT_ONCE = 262_144
"""Events that are gathered before they are written; twice as many are in memory. With more of them
the kernel takes as long to hand out memory as the parts take to write."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did.

    Attributes
    ----------
    events_read, events_new, titles_read, viewers_read : int
        Good rows read, and events that were not in the store before.
    bad_rows : int
        Rows put into quarantine.
    reasons : dict of str to int
        How many for which reason.
    quarantine : list of str
        The files under ``<store>/raw/quarantine`` that hold them.
    """

    events_read: int
    events_new: int
    titles_read: int
    viewers_read: int
    bad_rows: int
    reasons: dict[str, int] = field(default_factory=dict)
    quarantine: list[str] = field(default_factory=list)


def ingest(
    path: Path,
    store: Path,
    *,
    anew: bool = False,
    now: datetime | None = None,
    progress: Callable[[int], object] = int,
) -> IngestReport:
    """Add what lies at ``path`` to the raw side of a store, wholly or not at all.

    Parameters
    ----------
    path : Path
        As ``sources.chunks`` knows it. Posters in ``<path>/artwork`` go to ``<store>/artwork``.
    store : Path
    anew : bool
        Replace the raw side of the store instead of adding to it.
    now : datetime, optional
        Events later than this are bad.
    progress : callable, optional
        Called with the number of rows after each chunk of them.

    Raises
    ------
    InputError
        If nothing known lies there or a file cannot be read.
    TooManyBadRowsError
        If more than 1 % of the events, titles or viewers are bad.
    BusyError
        If another process is changing the raw side of the store.
    """
    source = chunks(path)
    with raw.next_raw(store, anew=anew) as beside, ThreadPoolExecutor(2) as workers:
        quarantine = Quarantine(beside / "quarantine", path)
        run = _Run(beside, quarantine, workers, now or datetime.now(UTC))
        for kind, group in groupby(_ahead(source, workers), key=lambda chunk: chunk.kind):
            run.take(kind, _counted(group, progress))
        run.finish()
        quarantine.refuse_too_many()
        copy_artwork(path / "artwork", store / "artwork")
    return run.report()


class _Run:
    """The state of one ingest: the store to be, and what has been read so far."""

    def __init__(
        self, beside: Path, quarantine: Quarantine, workers: ThreadPoolExecutor, now: datetime
    ) -> None:
        self.beside, self.quarantine, self.workers, self.now = beside, quarantine, workers, now
        self.read = dict.fromkeys(SCHEMAS, 0)
        self.new = 0
        self.waiting: list[pa.Table] = []
        self.writing: Future[int] | None = None
        self.events = Events(beside / "events")
        titles = beside / "titles.parquet"
        self.title_ids = pa.chunked_array([[]], pa.string())
        if titles.is_file():
            self.title_ids = read_table(titles, columns=["title_id"], hint=INGEST_AGAIN)["title_id"]

    def take(self, kind: str, group: Iterable[Chunk]) -> None:
        if kind == "events":
            for chunk in group:
                self.waiting.append(self._good(chunk, self.title_ids))
                if sum(map(len, self.waiting)) >= _AT_ONCE:
                    self._flush()
        else:
            self._merge(kind, list(group))

    def finish(self) -> None:
        self._flush()
        self._written()

    def report(self) -> IngestReport:
        quarantine = self.quarantine
        return IngestReport(
            events_read=self.read["events"],
            events_new=self.new,
            titles_read=self.read["titles"],
            viewers_read=self.read["viewers"],
            bad_rows=quarantine.total,
            reasons=dict(sorted(quarantine.reasons.items())),
            quarantine=sorted(quarantine.files),
        )

    def _flush(self) -> None:
        """Write what waits while the next rows are read; never two writes at once."""
        events = pa.concat_tables([EVENTS.empty_table(), *self.waiting])
        self.waiting.clear()
        self._written()
        if len(events):
            self.writing = self.workers.submit(self.events.add, events)

    def _written(self) -> None:
        if self.writing:
            self.new += self.writing.result()
            self.writing = None

    def _merge(self, kind: str, group: list[Chunk]) -> None:
        key = SCHEMAS[kind].names[0]
        # An episode may come before its series, so the series are looked for among all.
        named = [chunk.table[key] for chunk in group] if kind == "titles" else []
        known = _joined([self.title_ids, *named])
        good = pa.concat_tables([self._good(chunk, known) for chunk in group])
        merged = raw.merge(self.beside / f"{kind}.parquet", key, good)
        if kind == "titles":
            self.title_ids = merged[key]

    def _good(self, chunk: Chunk, title_ids: pa.ChunkedArray) -> pa.Table:
        good, bad = check(chunk, Facts(self.now, title_ids.combine_chunks()))
        self.read[chunk.kind] += len(good)
        self.quarantine.add(chunk.kind, len(chunk.table), bad)
        return good


def _ahead(source: Iterator[Chunk], workers: ThreadPoolExecutor) -> Iterator[Chunk]:
    """Read the next chunk while the last one is checked and the ones before are written."""
    reading = workers.submit(next, source, None)
    while (chunk := reading.result()) is not None:
        reading = workers.submit(next, source, None)
        yield chunk


def _counted(group: Iterable[Chunk], progress: Callable[[int], object]) -> Iterable[Chunk]:
    for chunk in group:
        yield chunk
        progress(len(chunk.table))


def _joined(arrays: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for array in arrays for chunk in array.chunks], pa.string())

"""The event log: numbers while the world runs, one Parquet file of the EVENTS schema a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipelines.world.almanac import DAY, REGIONS
from pipelines.world.choice import ROW_IDS, SOURCES
from pipelines.world.streams import Floats, Ints, hexes, stream
from pipelines.world.viewers import Viewers
from recsys.schema import DEVICE_TYPES, EVENTS, EventType

EMPTY: dict[str, float] = {
    "title": -1,
    "position": np.nan,
    "duration": np.nan,
    "value": np.nan,
    "portion": np.nan,
    "row": -1,
    "row_rank": -1,
    "item_rank": -1,
    "propensity": np.nan,
    "page": -1,
    "query": -1,
}
"""What an event has unless it says otherwise; ``page`` is the number of turns of the page's rows."""

TYPES = list(EventType)
Chunk = dict[str, NDArray[Any]]


@dataclass(slots=True)
class EventLog:
    """Collects events in any order and writes those of a day in order of time.

    Attributes
    ----------
    directory : Path
    start : datetime
        The first day.
    seed : int
    viewers : Viewers
    title_ids : list of str
        Titles, then episodes.
    queries : list of str
        What can be searched for.
    """

    directory: Path
    start: datetime
    seed: int
    viewers: Viewers
    title_ids: list[str]
    queries: list[str]
    session_keys: list[str] = field(default_factory=list)
    waiting: list[Chunk] = field(default_factory=list)

    def open_sessions(self, rng: np.random.Generator, n: int) -> Ints:
        """Name ``n`` sessions and return their numbers."""
        first = len(self.session_keys)
        self.session_keys += hexes(rng, n, 16)
        return np.arange(first, first + n)

    def add(self, kind: EventType, at: Ints, **columns: NDArray[Any]) -> None:
        """Take events of one kind; ``session``, ``viewer`` and ``device`` are always given."""
        if len(at):
            chunk = {name: np.full(len(at), value) for name, value in EMPTY.items()}
            chunk["kind"] = np.full(len(at), TYPES.index(kind))
            self.waiting.append(chunk | {"at": at} | columns)

    def write_until(self, day: int) -> None:
        """Write every day before ``day`` (UTC, from 0) that still waits."""
        if not self.waiting:
            return
        names = self.waiting[0].keys()
        events = {name: np.concatenate([chunk[name] for chunk in self.waiting]) for name in names}
        days = events["at"] // (DAY * 1_000_000)
        for ready in np.unique(days[days < day]):
            self._write(int(ready), _pick(events, np.flatnonzero(days == ready)))
        self.waiting = [_pick(events, np.flatnonzero(days >= day))]

    def _write(self, day: int, events: Chunk) -> None:
        kept = _pick(events, np.lexsort((events["kind"], events["session"], events["at"])))
        date = (np.datetime64(self.start.date()) + day).astype(str)
        table = self._table(kept, stream(self.seed, "event ids", day))
        words = [f.name for f in EVENTS if f.type == pa.string() and f.name != "event_id"]
        pq.write_table(
            table,
            self.directory / f"{date}.parquet",
            compression="zstd",
            compression_level=1,
            use_dictionary=words,
        )

    def _table(self, e: Chunk, rng: np.random.Generator) -> pa.Table:
        first = int(e["session"].min())
        keys = self.session_keys[first : int(e["session"].max()) + 1]
        page = np.where(e["page"] >= 0, e["session"] - first, -1)
        device = e["viewer"] * len(DEVICE_TYPES) + e["device"]
        epoch = int(self.start.timestamp()) * 1_000_000
        return pa.table(
            {
                "event_id": uuids(rng, len(e["at"])),
                "event_type": _words([str(kind) for kind in TYPES], e["kind"]),
                "viewer_id": _words(self.viewers.ids, e["viewer"]),
                "title_id": _words(self.title_ids, e["title"]),
                "occurred_at": pa.array(e["at"] + epoch).cast(EVENTS.field("occurred_at").type),
                "position_seconds": _floats(e["position"]),
                "duration_seconds": _floats(e["duration"]),
                "value": _floats(e["value"]),
                "watched_portion": _floats(e["portion"]),
                "session_id": _words([f"session-{key}" for key in keys], e["session"] - first),
                "device_type": _words(list(DEVICE_TYPES), e["device"]),
                "region": _words(list(REGIONS), self.viewers.region[e["viewer"]]),
                "recommendation_id": _words([f"page-{key}" for key in keys], page),
                "row_id": _words(ROW_IDS, e["row"]),
                "row_rank": _ranks(e["row_rank"]),
                "item_rank": _ranks(e["item_rank"]),
                "source": _words(SOURCES, e["row"]),
                "propensity": _floats(e["propensity"]),
                "bundle_id": _words(["world"], np.where(page >= 0, 0, -1)),
                "experiment": _words([f"row-order:turn-{t}" for t in range(4)], e["page"]),
                "query": _words(self.queries, e["query"]),
                "device_id": _words(self.viewers.devices, device),
                "client_address": _words(self.viewers.addresses, e["viewer"]),
            },
            schema=EVENTS,
        )


def uuids(rng: np.random.Generator, n: int) -> pa.Array:
    """Return ``n`` random UUIDs of version 4 (RFC 9562), composed all at once."""
    raw = np.frombuffer(rng.bytes(16 * n), np.uint8).reshape(n, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(raw.tobytes().hex().encode(), np.uint8).reshape(n, 32)
    text = np.insert(digits, [8, 12, 16, 20], ord("-"), axis=1)
    offsets = np.arange(n + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(text.tobytes()))


def _words(pool: list[str], codes: Ints) -> pa.Array:
    return pa.array(pool, pa.string()).take(pa.array(codes.astype(np.int64), mask=codes < 0))


def _floats(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)


def _ranks(values: Ints) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=values < 0)


def _pick(events: Chunk, which: Ints) -> Chunk:
    return {name: values[which] for name, values in events.items()}

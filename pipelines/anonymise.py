"""The privacy gate: raw events in, lake out. Right of here there is no raw id and no fine time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines import withdrawn
from pipelines.days import Span, batches
from pipelines.files import atomic_directory, lock, remove_leftovers
from pipelines.health import counted
from pipelines.left_of_gate import REASONS, Left, require_raw
from pipelines.numbering import Numbering
from pipelines.withdrawn import closed
from recsys.privacy.coarsen import coarsen
from recsys.privacy.digits import significant
from recsys.privacy.labels import plain, row_kinds, shared
from recsys.privacy.policy import Policy
from recsys.privacy.pseudonym import Kind, load_key, pseudonyms
from recsys.schema import BUNDLE_ID, LAKE_EVENTS

_AT_ONCE = 500_000
"""Events held in memory at once, but never less than a day's."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate let through and what not, in events; each left-out event has one reason.

    Attributes
    ----------
    events_in, events_out : int
    duplicates : int
        An event id that came before.
    too_old : int
        Before the policy's retention.
    without_consent : int
        Of viewers who did not consent.
    without_title : int
        Searches, whose words are free text, and events about what the catalog does not hold.
    few_viewers : int
        About a title that too few viewers have events about.
    """

    events_in: int
    events_out: int
    duplicates: int
    too_old: int
    without_consent: int
    without_title: int
    few_viewers: int


def anonymise(
    store: Path, policy: Policy, *, progress: Callable[[int], object] = int
) -> GateReport:
    """Make ``<store>/lake`` anew from ``<store>/raw``; it is replaced whole or not at all.

    The lake has all titles, also those of which no event is kept: the catalog is no personal data. Those that staff
    took down are closed in it.

    Parameters
    ----------
    store : Path
        Its ``key/pseudonym.key`` is made if there is none. The same key and input give the same bytes.
    policy : Policy
    progress : callable, optional
        Called with the number of events after each folder of them.

    Raises
    ------
    InputError
        If nothing was ingested yet, or a file of it is damaged.
    PrivacyError
        If others may read the key.
    BusyError
        If another process is at it.
    """
    lake = store / "lake"
    require_raw(store / "raw")
    with lock(store / "raw.lock"), Left.of(store / "raw", policy) as left:
        key = load_key(store / "key" / "pseudonym.key")
        remove_leftovers(lake)
        with atomic_directory(lake) as beside:
            gate = _Gate(left, key, policy)
            (beside / "events").mkdir()
            for batch in batches(left.spans, _AT_ONCE):
                gate.write(batch, beside / "events")
                progress(sum(span.rows for span in batch))
            titles = closed(left.titles(), withdrawn.read(store / "raw"))
            pq.write_table(titles, beside / "titles.parquet")
            counted.write(gate.days, beside)
            report = gate.report()
            content = {"policy": policy.model_dump(), "events": asdict(report)}
            (beside / "gate.json").write_text(json.dumps(content, indent=1) + "\n")
    return report


class _Gate:
    """Turns raw events into those of the lake, a folder at a time in the order of time."""

    def __init__(self, left: Left, key: bytes, policy: Policy) -> None:
        self.left, self.key, self.policy = left, key, policy
        pattern = policy.label_pattern
        self.patterns = {"source": pattern, "experiment": pattern, "bundle_id": BUNDLE_ID}
        self.crowded = left.labels(self.patterns)
        self.numbering = Numbering()
        self.written = 0
        self.left_out = dict.fromkeys(REASONS, 0)
        self.days: list[pa.Table] = []
        self.counted_since = left.spans[-1].after - counted.DAYS

    def write(self, batch: list[Span], folder: Path) -> None:
        judged = self.left.events(batch)
        if batch[-1].after > self.counted_since:
            self.days.append(counted.count_days(judged, self.counted_since))
        for one in pc.value_counts(judged["reason"]).to_pylist():
            if one["values"] is not None:
                self.left_out[one["values"]] += one["counts"]
        events = self._through(judged.filter(judged["reason"].is_null()))
        days = events["occurred_at"].to_numpy().astype("datetime64[D]")
        for span in batch:
            inside = events.filter(pa.array((days >= span.first) & (days < span.after)))
            if len(inside):
                part = folder / span.folder / "part-0.parquet"
                part.parent.mkdir(parents=True)
                pq.write_table(inside, part)
        self.written += len(events)

    def report(self) -> GateReport:
        events_in = self.written + sum(self.left_out.values())
        return GateReport(events_in=events_in, events_out=self.written, **self.left_out)

    def _through(self, raw: pa.Table) -> pa.Table:
        """Map events sorted by viewer and exact time to those sorted by pseudonym and sequence."""
        viewers = pseudonyms(raw["viewer_id"], self.key, Kind.VIEWER)
        made = {
            "pseudonym": viewers,
            "sequence": self.numbering.number(viewers),
            **self._coarse(raw),
            "occurred_at": coarsen(raw["occurred_at"], self.policy.time_granularity_seconds),
            "session_id": pseudonyms(raw["session_id"], self.key, Kind.SESSION),
            "recommendation_id": pseudonyms(
                raw["recommendation_id"], self.key, Kind.RECOMMENDATION
            ),
        }
        columns = [self._column(field, raw, made) for field in LAKE_EVENTS]
        order = [("pseudonym", "ascending"), ("sequence", "ascending")]
        return pa.table(columns, schema=LAKE_EVENTS).sort_by(order).combine_chunks()

    def _coarse(self, raw: pa.Table) -> dict[str, pa.Array]:
        """Cut down what a client wrote: its words to those that name nobody, its numbers to few digits."""
        words = {
            name: shared(plain(raw[name], pattern), self.crowded[name])
            for name, pattern in self.patterns.items()
        }
        numbers = {
            field.name: significant(raw[field.name], self.policy.significant_digits)
            for field in LAKE_EVENTS
            if pa.types.is_floating(field.type)
        }
        return {**words, **numbers, "row_id": row_kinds(raw["row_id"], self.policy.row_kinds)}

    def _column(self, field: pa.Field, raw: pa.Table, made: dict[str, pa.Array]) -> pa.Array:
        if field.name not in self.policy.kept_columns:
            return pa.nulls(len(raw), field.type)
        return made[field.name] if field.name in made else raw[field.name]

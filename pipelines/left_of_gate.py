"""The raw side as the gate sees it: each event with what keeps it out, in exact order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.days import Span, spans
from pipelines.query import connected
from pipelines.tables import INGEST_AGAIN, read_table, telling_damage
from recsys.errors import InputError
from recsys.privacy.policy import Policy
from recsys.privacy.threshold import crowds
from recsys.schema import TITLES, VIEWERS

REASONS = ("duplicates", "too_old", "without_consent", "without_title", "few_viewers")
"""What keeps an event out; the first that applies counts."""

_DAYS = "SELECT epoch_us(occurred_at) // 86400000000 AS day, count(*) AS rows FROM raw GROUP BY 1 ORDER BY 1"

# Of rows with one id the earliest is the event; the viewer decides where even the time is equal.
_REPEATED = """
    CREATE TEMP TABLE repeated AS
    SELECT event_id, min(ROW(epoch_us(occurred_at), viewer_id)) AS first FROM raw
    GROUP BY event_id HAVING count(*) > 1
"""

_CONSENT = """
    CREATE TEMP TABLE consent AS
    SELECT viewer_id, coalesce(v.consent, $unknown) AS given
    FROM (SELECT DISTINCT viewer_id FROM raw) LEFT JOIN viewers v USING (viewer_id)
"""

_JUDGED = """
    SELECT e.*, coalesce(t.series_id, e.title_id) AS crowd_id, e.event_type = 'impression' AS shown,
           CASE WHEN r.first <> ROW(epoch_us(e.occurred_at), e.viewer_id) THEN 'duplicates'
                WHEN epoch_us(e.occurred_at) < $oldest THEN 'too_old'
                WHEN NOT c.given THEN 'without_consent'
                WHEN t.title_id IS NULL OR e.event_type = 'search' THEN 'without_title' END AS reason
    FROM {events} e JOIN consent c USING (viewer_id) LEFT JOIN repeated r USING (event_id)
    LEFT JOIN titles t USING (title_id)
"""

_PAIRS = "SELECT DISTINCT viewer_id, crowd_id, shown FROM ({judged}) WHERE reason IS NULL"

# Of events that are kept: what a client wrote, by whom.
_LABELS = """
    SELECT DISTINCT viewer_id, {names} FROM ({{judged}}) SEMI JOIN crowded USING (crowd_id, shown)
    WHERE reason IS NULL
"""

_SPAN = """
    SELECT j.* EXCLUDE (reason, crowd_id, shown),
           coalesce(reason, CASE WHEN k.crowd_id IS NULL THEN 'few_viewers' END) AS reason
    FROM ({judged}) j LEFT JOIN crowded k USING (crowd_id, shown)
    WHERE occurred_at >= make_timestamptz($first) AND occurred_at < make_timestamptz($after)
    ORDER BY viewer_id, epoch_us(occurred_at), event_id
"""


def require_raw(raw: Path) -> None:
    """Raise InputError if nothing was ingested yet."""
    if not any(raw.glob("events/day=*/part-*.parquet")):
        raise InputError(
            expected="raw events", got="none", where=raw, hint="Run `recsys ingest` first"
        )


class Left:
    """Raw events under a policy; made by ``Left.of``.

    Attributes
    ----------
    spans : list of Span
        The folders of the lake to be, in the order of time.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, raw: Path, policy: Policy) -> None:
        self._connection, self._raw = connection, raw
        self._view("raw", "day=*")
        days = connection.sql(_DAYS).to_arrow_table()
        dates = days["day"].to_numpy().astype("datetime64[D]")
        self.spans = spans(dates, days["rows"].to_numpy())
        self._oldest = self._newest_minus(policy.retention_days)
        connection.register("titles", self.titles())
        connection.execute(_REPEATED)
        connection.register("viewers", _read(raw / "viewers.parquet", VIEWERS))
        connection.execute(_CONSENT, {"unknown": policy.unknown_viewers_consent})
        pairs = self._judged(_PAIRS, "raw")
        connection.register("crowded", crowds(pairs, policy.k_viewers))
        self._least = policy.k_viewers

    @classmethod
    @contextmanager
    def of(cls, raw: Path, policy: Policy) -> Iterator[Left]:
        """Open the raw side of a store.

        Raises
        ------
        InputError
            If nothing was ingested yet, or a file of it is damaged.
        """
        require_raw(raw)
        files = sorted(raw.glob("events/day=*/part-*.parquet"))
        with connected() as connection, telling_damage(files, INGEST_AGAIN):
            yield cls(connection, raw, policy)

    def titles(self) -> pa.Table:
        """Return the whole catalog, TITLES."""
        return _read(self._raw / "titles.parquet", TITLES)

    def labels(self, names: Iterable[str]) -> dict[str, pa.Array]:
        """Return, of some columns of EVENTS, the words that enough viewers have among what is kept."""
        pairs = self._judged(_LABELS.format(names=", ".join(names)), "raw")
        return {
            name: crowds(pairs.select(["viewer_id", name]), self._least)[name].combine_chunks()
            for name in names
        }

    def events(self, batch: list[Span]) -> pa.Table:
        """Return EVENTS of consecutive spans, sorted by viewer, exact time and id.

        A last column ``reason`` says what keeps an event out, null if nothing does.
        """
        first, after = batch[0].first, batch[-1].after
        months = np.arange(first.astype("datetime64[M]"), (after - 1).astype("datetime64[M]") + 1)
        self._view("months", *(f"day={month}-*" for month in months))
        events = self._judged(_SPAN, "months", first=_ticks(first), after=_ticks(after))
        ids = events["event_id"].combine_chunks()
        again = np.zeros(len(ids), bool)
        # What is left of repeated ids has one viewer and one time, so it stands side by side.
        again[1:] = ids[1:].to_numpy(zero_copy_only=False) == ids[:-1].to_numpy(
            zero_copy_only=False
        )
        reasons = pc.if_else(pa.array(again), REASONS[0], events["reason"])
        return events.set_column(events.num_columns - 1, "reason", reasons)

    def _view(self, name: str, *folders: str) -> None:
        found = [self._raw.glob(f"events/{folder}/part-*.parquet") for folder in folders]
        files = sorted(map(str, chain.from_iterable(found)))
        relation = self._connection.read_parquet(files, hive_partitioning=False)
        relation.create_view(name, replace=True)

    def _judged(self, sql: str, events: str, **parameters: int) -> pa.Table:
        text = sql.format(judged=_JUDGED.format(events=events))
        relation = self._connection.sql(text, params={"oldest": self._oldest, **parameters})
        return relation.to_arrow_table()

    def _newest_minus(self, days: int) -> int:
        newest = self._connection.sql("SELECT max(epoch_us(occurred_at)) AS newest FROM raw")
        return int(newest.to_arrow_table()["newest"][0].as_py()) - days * 86_400_000_000


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    there = path.is_file()
    return read_table(path, schema, hint=INGEST_AGAIN) if there else schema.empty_table()


def _ticks(day: np.datetime64) -> int:
    return int(day.astype("datetime64[us]").astype(np.int64))

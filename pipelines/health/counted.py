"""What a day's events came to at the privacy gate, in counts: all that the checks look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.query import query
from pipelines.tables import NIGHT_AGAIN, read_table
from recsys.schema import LAKE_EVENTS

NAME: Final = "days.parquet"
"""Lies in ``lake/``."""
DAYS: Final = 62
"""So many days up to the newest are counted."""
FILLED: Final = tuple(
    field.name
    for field in LAKE_EVENTS
    if field.nullable and field.name not in {"bundle_id", "experiment", "propensity"}
)
"""Columns that are filled every day unless something broke; the others need a bundle that serves."""

_OUT: Final = {
    "duplicates": "reason = 'duplicates'",
    "too_old": "reason = 'too_old'",
    "without_consent": "reason = 'without_consent'",
    "searches": "reason = 'without_title' AND event_type = 'search'",
    "unknown_titles": "reason = 'without_title' AND event_type <> 'search'",
    "few_viewers": "reason = 'few_viewers'",
}
REASONS: Final = tuple(_OUT)
"""What keeps an event out: as the gate says, with searches and titles that the catalog lacks apart."""

_COUNTS: Final = {
    "events": "count(*)",
    "kept": "count(*) FILTER (reason IS NULL)",
    **{name: f"count(*) FILTER ({where})" for name, where in _OUT.items()},
    "viewers": "count(DISTINCT viewer_id)",
    "viewers_without_consent": "count(DISTINCT viewer_id) FILTER (reason = 'without_consent')",
    "last_hour": "max(hour(occurred_at))",
    **{f"filled_{name}": f"count({name}) FILTER (reason IS NULL)" for name in FILLED},
}
COUNTED: Final = pa.schema([("day", pa.date32()), *((name, pa.int64()) for name in _COUNTS)])
"""A row a day, UTC. ``last_hour`` is the hour of its last event; ``filled_*`` count among what is kept."""

_QUERY: Final = f"""
    SELECT date_trunc('day', occurred_at)::date AS day, {", ".join(f"{v} AS {k}" for k, v in _COUNTS.items())}
    FROM judged WHERE occurred_at >= make_timestamptz($since) GROUP BY 1 ORDER BY 1
"""  # noqa: S608  constants of this file


def count_days(judged: pa.Table, since: np.datetime64) -> pa.Table:
    """Count raw events, each with what keeps it out of the lake, as COUNTED.

    Parameters
    ----------
    judged : pyarrow.Table
        EVENTS and ``reason``, null where nothing keeps an event out; every day of it whole.
    since : datetime64[D]
        Days before are left out.
    """
    ticks = int(since.astype("datetime64[us]").astype(np.int64))
    return query(_QUERY.replace("$since", str(ticks)), judged=judged).cast(COUNTED)


def write(parts: Sequence[pa.Table], folder: Path) -> None:
    """Write what batches were counted to, each day in one of them, into a lake that is being filled."""
    table = pa.concat_tables([COUNTED.empty_table(), *parts]).sort_by("day").combine_chunks()
    pq.write_table(table, folder / NAME)


def read(store: Path) -> pa.Table:
    """Read COUNTED of a store's lake.

    Raises
    ------
    InputError
        If it is damaged.
    """
    return read_table(store / "lake" / NAME, COUNTED, hint=NIGHT_AGAIN)

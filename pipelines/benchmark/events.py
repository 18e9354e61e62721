"""A data set of events, such as ``recsys ingest`` reads, as the interactions known at some moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.errors import InputError
from recsys.interactions import Interactions
from recsys.titles import Titles

if TYPE_CHECKING:
    from pipelines.ingest.sources import Source

# An event id counts once, at its first row; equal times are in the order of the files.
_AS_IN_THE_LAKE = """
    SELECT viewer_id AS pseudonym, event_type, title_id, occurred_at, value, watched_portion, region, session_id,
        device_type, CAST(row_number() OVER (PARTITION BY viewer_id ORDER BY occurred_at, place) - 1 AS INTEGER)
            AS sequence
    FROM (SELECT *, row_number() OVER (PARTITION BY event_id ORDER BY place) AS copy FROM events)
    WHERE copy = 1 AND title_id IS NOT NULL
        AND viewer_id NOT IN (SELECT viewer_id FROM viewers WHERE NOT consent)
    ORDER BY pseudonym, sequence
"""


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a folder, in the order of viewers and times.

    Attributes
    ----------
    table : pyarrow.Table
        As in the lake.
    catalog : pyarrow.Table
        TITLES, episodes included.
    titles : Titles
        As they are at the end of the data.
    path : Path
    """

    table: pa.Table
    catalog: pa.Table
    titles: Titles
    path: Path

    @classmethod
    def read(cls, path: Path) -> Events:
        """Read whatever ``recsys ingest`` could; raises InputError if there is no event."""
        # What reads and queries is not loaded where a model is fitted, whose memory is measured.
        from pipelines.ingest.sources import read  # noqa: PLC0415

        source = read(path)
        return cls(_events(source, path), source.titles, Titles.from_table(source.titles), path)

    def known(self, moment: datetime) -> Interactions:
        """Return the interactions as they were known at a moment."""
        from features.interactions import build  # noqa: PLC0415

        built = build(self.table, self.catalog, moment)
        return Interactions.from_table(built, self.titles.ids)

    def whole(self) -> Interactions:
        """Return the interactions as they were known at the end."""
        return self.known(pc.max(self.table["occurred_at"]).as_py() + timedelta(seconds=1))

    def titles_before(self, moment: datetime) -> Titles:
        """Return the same titles in the same order, but tagged as they were then."""
        from pipelines.ingest.sources import titles_before  # noqa: PLC0415

        return Titles.from_table(titles_before(self.path, moment))


def _events(source: Source, path: Path) -> pa.Table:
    from pipelines.query import query  # noqa: PLC0415

    place = pa.array(np.arange(len(source.events)))
    events = query(
        _AS_IN_THE_LAKE,
        events=source.events.append_column("place", place),
        viewers=source.viewers,
    )
    if not len(events):
        raise InputError(expected="at least one event", got="none", where=path)
    return events

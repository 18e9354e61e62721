"""A data set as a benchmark sees it: read, cut in time, and named by the hash of what is to be found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recsys.errors import ConfigError, InputError
from recsys.interactions import Interactions
from recsys.split import Split, cut_at, global_time
from recsys.titles import Titles

if TYPE_CHECKING:
    from pipelines.ingest.sources import Source

# An event id counts once, at its first row; equal times are in the order of the files.
_AS_IN_THE_LAKE = """
    SELECT viewer_id AS pseudonym, event_type, title_id, occurred_at, value, watched_portion, region,
        CAST(row_number() OVER (PARTITION BY viewer_id ORDER BY occurred_at, place) - 1 AS INTEGER)
            AS sequence
    FROM (SELECT *, row_number() OVER (PARTITION BY event_id ORDER BY place) AS copy FROM events)
    WHERE copy = 1 AND title_id IS NOT NULL
        AND viewer_id NOT IN (SELECT viewer_id FROM viewers WHERE NOT consent)
    ORDER BY pseudonym, sequence
"""


@dataclass(frozen=True, slots=True)
class Temporal:
    """A data set cut in time.

    Attributes
    ----------
    name : str
        The folder's.
    split : Split
    titles : Titles
    """

    name: str
    split: Split
    titles: Titles

    @property
    def test_sha256(self) -> str:
        """SHA-256 of the sorted lines ``viewer title`` of all that is to be found."""
        return test_sha256(self.split)


def load(path: Path, *, cut: datetime | None = None, share: float = 0.1) -> Temporal:
    """Read a data set and cut it at a moment, or where the last ``share`` of interactions begins.

    Both sides are built from events, and the titles from the tags of before the cut: what is learned
    from is what was known then.

    Raises
    ------
    InputError
        If nothing known lies at the path, or nothing is left on one side of the cut.
    """
    # What reads and queries is not loaded where a model is fitted, whose memory is measured.
    from pipelines.ingest.sources import read, titles_before  # noqa: PLC0415

    source = read(path)
    events = _events(source, path)
    titles = Titles.from_table(source.titles)
    latest = pc.max(events["occurred_at"]).as_py()
    whole = _interactions(events, source, titles, latest + timedelta(seconds=1))
    moment = _moment(cut_at(whole, share)) if cut is None else cut
    known = _interactions(events, source, titles, moment)
    split = global_time(whole, moment, known=known)
    # The same titles in the same order, but tagged as they were then.
    return Temporal(path.resolve().name, split, Titles.from_table(titles_before(path, moment)))


def parse_moment(text: str, where: str) -> datetime:
    """Read a date or time as UTC, such as ``2020-01-31``.

    Raises
    ------
    ConfigError
        If it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(expected="a date such as 2020-01-31", got=text, where=where) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def test_sha256(split: Split) -> str:
    """Return the SHA-256 of the sorted lines ``viewer title`` of a split's test part."""
    viewers = split.viewers[split.held_out.viewers]
    titles = split.train.title_ids.external(split.held_out.titles)
    lines = sorted(f"{v} {t}" for v, t in zip(viewers.tolist(), titles.tolist(), strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


test_sha256.__test__ = False  # type: ignore[attr-defined]  # named for the JSON, no test of pytest's


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


def _interactions(
    events: pa.Table, source: Source, titles: Titles, as_of: datetime
) -> Interactions:
    from features.interactions import build  # noqa: PLC0415

    return Interactions.from_table(build(events, source.titles, as_of), titles.ids)


def _moment(cut: np.datetime64) -> datetime:
    return datetime.fromtimestamp(int(cut.astype("datetime64[s]").astype(np.int64)), UTC)

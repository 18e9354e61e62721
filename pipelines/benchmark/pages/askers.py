"""Viewers at a moment: what a page of theirs would be made from, and what they watched afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.interactions import Engagement, histories_of
from features.progress import Episodes, own_of
from features.states import State, absorb
from pipelines.benchmark.events import Events
from pipelines.resuming import watched_in
from recsys.context import Context
from recsys.errors import InputError
from recsys.ids import UNKNOWN, InternalIds
from recsys.page.resuming import habit_of
from recsys.page.visit import Visit
from recsys.schema import EventType

WATCHED = (EventType.PLAY, EventType.PROGRESS, EventType.COMPLETE, EventType.RATING)
"""Events that show that a title was watched."""
_COLUMNS = (
    "event_type",
    "occurred_at",
    "value",
    "watched_portion",
    "title_id",
    "region",
    "session_id",
)


Line = dict[str, Any]
"""An event by the names of its columns."""


@dataclass(frozen=True, slots=True)
class Asker:
    """One viewer as the page sees them, and what came after.

    Attributes
    ----------
    visit : Visit
        As of the moment.
    relevant : int32 (n,)
        What was watched from the moment on, titles begun before included; at least one.
    """

    visit: Visit
    relevant: InternalIds


def askers(events: Events, moment: datetime, most: int, seed: int = 0) -> list[Asker]:
    """Return viewers who watched something from a moment on, at most so many, drawn by a seed.

    Raises
    ------
    InputError
        If there is none.
    """
    after = since(events, moment)
    names = drawn(after, most, seed)
    before = events.table.filter(pc.less(events.table["occurred_at"], pa.scalar(moment)))
    past, future = by_viewer(before, names), by_viewer(_watching(after), names)
    episodes = Episodes.of(events.catalog)
    found = (asker(events, episodes, moment, past[one], future[one]) for one in sorted(names))
    return [one for one in found if len(one.relevant)]


def since(events: Events, moment: datetime) -> pa.Table:
    """Return the events from a moment on."""
    return events.table.filter(pc.greater_equal(events.table["occurred_at"], pa.scalar(moment)))


def drawn(after: pa.Table, most: int, seed: int) -> list[str]:
    """Return at most so many of the viewers who watched something, by events.

    Raises
    ------
    InputError
        If there is none.
    """
    watching = _watching(after)
    names = np.unique(watching["pseudonym"].to_numpy(zero_copy_only=False).astype(str))
    if not len(names):
        raise InputError(expected="a viewer who watched something then", got="none", where="pages")
    some: list[str] = np.random.default_rng(seed).permutation(names)[:most].tolist()
    return some


def asker(
    events: Events, episodes: Episodes, moment: datetime, past: list[Line], future: list[Line]
) -> Asker:
    """Return a viewer at a moment, by the events before it and those that show what is to be found."""
    ids = events.titles.ids
    regions = [str(row["region"]) for row in past if row["region"]]
    region = regions[-1] if regions else ""
    engagement = Engagement.of(_states(past).items())
    history = histories_of(engagement, ids, episodes.series, moment, region=region)
    found = ids.internal(sorted({whole_id(row, episodes) for row in future}))
    context = Context(now=moment, region=region)
    own = own_of(
        engagement, ids, episodes, moment, habit_of(watched_in(past, moment), episodes.series)
    )
    return Asker(Visit(history, context, own), found[found != UNKNOWN])


def whole_id(row: Line, episodes: Episodes) -> str:
    """Return what an event is about: of an episode its series."""
    title = str(row["title_id"])
    return episodes.series.get(title, title)


def _watching(events: pa.Table) -> pa.Table:
    kinds = pa.array([kind.value for kind in WATCHED])
    return events.filter(pc.is_in(events["event_type"], kinds))


def _states(rows: Iterable[Line]) -> dict[str, State]:
    states: dict[str, State] = {}
    for row in rows:
        title = str(row["title_id"])
        said = {"value": row["value"], "watched_portion": row["watched_portion"]}
        state = absorb(states.get(title), row["event_type"], row["occurred_at"], **said)
        if state is not None:
            states[title] = state
    return states


def by_viewer(table: pa.Table, viewers: list[str]) -> dict[str, list[Line]]:
    """Return the events of some viewers, each's in their own order."""
    kept = table.filter(pc.is_in(table["pseudonym"], pa.array(viewers)))
    found: dict[str, list[Line]] = defaultdict(list)
    rows = kept.select(_COLUMNS).to_pylist()
    for viewer, row in zip(kept["pseudonym"].to_pylist(), rows, strict=True):
        found[viewer].append(row)
    return found

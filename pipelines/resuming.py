"""How sittings began, read off events, and what is learned from it: to go on, or to discover."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sklearn.metrics import log_loss, roc_auc_score

from features.interactions import Engagement
from features.progress import Episodes, own_of
from features.states import State, absorb
from pipelines.lake import read_events, read_titles
from recsys.context import Context
from recsys.ids import IdMap
from recsys.page.resuming import (
    HABIT_DAYS,
    SITTINGS,
    Resuming,
    Sittings,
    Watched,
    columns,
    days_behind,
    habit_of,
)
from recsys.schema import PASSIVE, WATCHING, EventType
from recsys.titles import Titles

READ: Final = (
    "pseudonym",
    "event_type",
    "title_id",
    "occurred_at",
    "value",
    "watched_portion",
    "session_id",
    "device_type",
)
"""Of the lake's events."""
VIEWERS: Final = 2000
"""Of whom is learned at most: thirteen weights need no more."""
EVENTS: Final = 500_000
"""Of fewer viewers where they did so much that memory would not be bounded."""
EACH: Final = 20
"""Sittings of each of them at most, the latest."""
HELD_OUT: Final = 0.2
"""Share of the sittings, the latest, by which it is judged."""
LEAST: Final = 100
"""Fewer sittings teach nothing worth serving."""
JUDGES: Final = 30
"""And by fewer it cannot be told whether they did."""

Line = dict[str, Any]
"""An event by the names of its columns."""
Begun = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""The columns of what was begun when a sitting began, and what was gone on with."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How well it is told which sittings begin by going on.

    Attributes
    ----------
    sittings, resumed : int
        How many were judged, and how many of them began by going on.
    log_loss, base_log_loss : float
        Of the model, and of the share among the sittings that were learned from.
    auc : float
        How often a sitting that began so is held for likelier than one that did not.
    """

    sittings: int
    resumed: int
    log_loss: float
    base_log_loss: float
    auc: float

    @classmethod
    def of(cls, model: Resuming, learned: Sittings, held_out: Sittings) -> Self:
        """Judge a model by sittings that it did not learn from."""
        truth, base = held_out.resumed, learned.resumed.mean()
        chances = model.chances(held_out)
        return cls(
            len(truth),
            int(truth.sum()),
            float(log_loss(truth, chances, labels=[False, True])),
            float(log_loss(truth, np.full(len(truth), base), labels=[False, True])),
            float(roc_auc_score(truth, chances)),
        )

    @property
    def earned(self) -> bool:
        """Whether it tells more than the share does."""
        return self.log_loss < self.base_log_loss

    def text(self) -> str:
        """Return it in a few words."""
        return (
            f"log-loss {self.log_loss:.3f}, {self.base_log_loss:.3f} by the share alone; AUC {self.auc:.3f}; "
            f"{self.resumed:,} of {self.sittings:,} sittings went on"
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of going on.

    Attributes
    ----------
    model : Resuming, optional
        ``None`` where too little is known, or where it tells no more than the share does.
    judged : Judged, optional
        By sittings from a moment on, of a model that learned from those before it.
    """

    model: Resuming | None
    judged: Judged | None

    def text(self) -> str:
        """Return it in a few words."""
        if self.judged is None:
            return (
                f"by half-life: fewer than {LEAST} sittings to learn from, or {JUDGES} to judge by"
            )
        return self.judged.text() + ("" if self.model else ": not better, so by half-life")

    def as_json(self) -> dict[str, Any] | None:
        """Return what was measured."""
        return None if self.judged is None else asdict(self.judged) | {"served": bool(self.model)}


def learn_from_lake(store: Path) -> Learned:
    """Learn from the events of a lake, once it is judged by the latest sittings."""
    catalog = read_titles(store)
    events = read_events(store, columns=list(READ))
    return learn(events, catalog, Titles.from_table(catalog).ids)


def learn(events: pa.Table, catalog: pa.Table, ids: IdMap, cut: datetime | None = None) -> Learned:
    """Learn how sittings begin.

    Parameters
    ----------
    events : pyarrow.Table
        With the columns ``READ``, each viewer's in their own order.
    catalog : pyarrow.Table
        TITLES, episodes included.
    ids : IdMap
        Of the titles, without episodes.
    cut : datetime, optional
        UTC; what comes from then on is judged by and never learned from. By default the latest ``HELD_OUT`` of
        the sittings judge, and the model that is returned then learns from them too.
    """
    episodes = Episodes.of(catalog)
    every: list[tuple[datetime, Begun]] = []
    for rows in _by_viewer(events):
        every += list(_sittings(rows, ids, episodes))[-EACH:]
    moments = sorted(at for at, _ in every)
    if not moments:
        return Learned(None, None)
    at = cut or moments[int((1 - HELD_OUT) * len(moments))]
    learned = Sittings.of(one for when, one in every if when < at)
    held_out = Sittings.of(one for when, one in every if when >= at)
    if not (_enough(learned, LEAST) and _enough(held_out, JUDGES)):
        return Learned(None, None)
    model = Resuming.fit(learned)
    judged = Judged.of(model, learned, held_out)
    if judged.earned and cut is None:
        model = Resuming.fit(Sittings.of(one for _, one in every))
    return Learned(model if judged.earned else None, judged)


def watched_in(rows: Iterable[Line], now: datetime) -> list[Watched]:
    """Return what a viewer watched in which sitting of late, in the order of events, each title of a sitting once."""
    since = now - timedelta(days=HABIT_DAYS)
    late = (row for row in rows if row["event_type"] in WATCHING and row["occurred_at"] > since)
    return list(dict.fromkeys(map(_watched, late)))


def _watched(row: Line) -> Watched:
    # Who does not say what a sitting is has one a day, as in ``serving.recommendations.store``.
    return Watched(row["session_id"] or f"{row['occurred_at']:%Y-%m-%d}", str(row["title_id"]))


def _enough(sittings: Sittings, least: int) -> bool:
    """Return whether there are enough of which some began by going on, and some did not."""
    return len(sittings) >= least and 0 < int(sittings.resumed.sum()) < len(sittings)


def _by_viewer(events: pa.Table, seed: int = 0) -> Iterator[list[Line]]:
    """Yield what counts of the events of some viewers, drawn by a seed, each viewer's in their order."""
    looking = [kind for kind in PASSIVE if kind != EventType.DISMISS.value]
    done = events.filter(pc.invert(pc.is_in(events["event_type"], pa.array(looking))))
    counted = done.group_by("pseudonym").aggregate([([], "count_all")])
    counts = dict(zip(*(counted[name].to_pylist() for name in counted.column_names), strict=True))
    names = sorted(counts)
    some = np.random.default_rng(seed).permutation(names)[:VIEWERS]
    some = some[np.cumsum([counts[name] for name in some]) <= EVENTS]
    kept = done.filter(pc.is_in(done["pseudonym"], pa.array(some, pa.string())))
    # Sorting is stable: days are in order, and each viewer's events in each.
    kept = kept.append_column("place", pa.array(np.arange(len(kept))))
    kept = kept.sort_by([("pseudonym", "ascending"), ("place", "ascending")]).drop_columns("place")
    lines: list[Line] = []
    for line in kept.to_pylist():
        if lines and lines[-1]["pseudonym"] != line["pseudonym"]:
            yield lines
            lines = []
        lines.append(line)
    if lines:
        yield lines


@dataclass(slots=True)
class _Viewer:
    """One viewer's events as they come."""

    ids: IdMap
    episodes: Episodes
    states: dict[str, State] = field(default_factory=dict)
    watched: deque[tuple[datetime, Watched]] = field(default_factory=lambda: deque(maxlen=SITTINGS))
    pairs: set[Watched] = field(default_factory=set)
    sittings: set[Hashable] = field(default_factory=set)

    def sitting(self, row: Line) -> Begun | None:
        """Return how a sitting begins with an event, as all was known then, if one does with something begun."""
        if row["event_type"] not in WATCHING:
            return None
        one = _watched(row)
        found = None if one.sitting in self.sittings else self._began(row)
        self.sittings.add(one.sitting)
        if one not in self.pairs:
            self.pairs.add(one)
            self.watched.append((row["occurred_at"], one))
        return found

    def absorb(self, row: Line) -> None:
        """Take note of what an event comes to."""
        title = str(row["title_id"])
        said = {"value": row["value"], "watched_portion": row["watched_portion"]}
        state = absorb(self.states.get(title), row["event_type"], row["occurred_at"], **said)
        if state is not None:
            self.states[title] = state

    def _began(self, row: Line) -> Begun | None:
        now, title = row["occurred_at"], str(row["title_id"])
        engagement = Engagement.of(self.states.items())
        begun = own_of(engagement, self.ids, self.episodes, now).begun
        if not begun:
            return None
        known = engagement.last_at[~np.isnat(engagement.last_at)]
        behind = days_behind(known, np.array([one.last_at for one in begun], "datetime64[us]"))
        since = now - timedelta(days=HABIT_DAYS)
        late = (one for at, one in self.watched if at > since)
        habit = habit_of(late, self.episodes.series)
        context = Context(now=now, device=row["device_type"] or "")
        whole = self.ids.internal([self.episodes.series.get(title, title)])
        chosen = np.array([one.title for one in begun]) == whole[0]
        return columns(begun, behind, context, habit), chosen


def _sittings(
    rows: Iterable[Line], ids: IdMap, episodes: Episodes
) -> Iterator[tuple[datetime, Begun]]:
    """Yield when each sitting of a viewer began that had something to go on with, and how."""
    viewer = _Viewer(ids, episodes)
    for row in rows:
        if (begun := viewer.sitting(row)) is not None:
            yield row["occurred_at"], begun
        viewer.absorb(row)

"""From events to interactions: how much a viewer engaged with a title, batch and online.

What was shown, opened, searched for or dismissed alone makes no interaction; any other event alone is a
``touch``. What an interaction weighs is said in ``features.weights``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Self

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.batch import connection, moment
from features.states import State
from features.weights import POLICY, WeightPolicy, weight, weight_of
from recsys.ids import IdMap
from recsys.interactions import Histories
from recsys.schema import INTERACTIONS, PASSIVE, EventType


@dataclass(frozen=True, slots=True)
class Engagement:
    """One viewer's states as arrays, one entry a title: the online form.

    Attributes
    ----------
    title_ids : object (n,)
        External ids.
    watched_portion, rating, thumb : float64 (n,)
        NaN where unknown.
    completed, watchlisted : bool (n,)
    episodes : int64 (n,)
        Titles watched in part that the entry stands for.
    last_at, watched_at, dismissed_at : datetime64[us] (n,)
        When the title was last taken up in any way, watched, and dismissed; UTC, NaT where never.
    """

    title_ids: NDArray[np.object_]
    watched_portion: NDArray[np.float64]
    completed: NDArray[np.bool_]
    rating: NDArray[np.float64]
    thumb: NDArray[np.float64]
    watchlisted: NDArray[np.bool_]
    episodes: NDArray[np.int64]
    last_at: NDArray[np.datetime64]
    watched_at: NDArray[np.datetime64]
    dismissed_at: NDArray[np.datetime64]

    @classmethod
    def of(cls, states: Iterable[tuple[str, State]]) -> Self:
        """Build from pairs of title id and state, each title once, in any order."""
        return cls.of_rows([(title, *state) for title, state in sorted(states)])

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """Build from rows of a title id and the fields of its ``State`` in their order."""
        columns = zip(*rows, strict=True) if rows else [()] * (1 + len(State._fields))
        ids, portions, done, ratings, thumbs, listed, last, watched, dismissed = columns
        completed = np.array(done, bool)
        portion, rating, thumb = (np.array(c, np.float64) for c in (portions, ratings, thumbs))
        moments = (np.array([_utc(one) for one in c], "M8[us]") for c in (last, watched, dismissed))
        return cls(
            np.array(ids, object),
            portion,
            completed,
            rating,
            thumb,
            np.array(listed, bool),
            (completed | (portion > 0)).astype(np.int64),
            *moments,
        )

    @property
    def dismissed(self) -> NDArray[np.bool_]:
        """Which entries were dismissed, and not watched since, bool (n,)."""
        return ~np.isnat(self.dismissed_at) & ~(self.watched_at >= self.dismissed_at)

    def take(self, entries: NDArray[np.bool_] | NDArray[np.int64]) -> Engagement:
        """Return some entries."""
        return Engagement(*(getattr(self, field.name)[entries] for field in fields(self)))

    def joined(self, other: Engagement) -> Engagement:
        """Return these entries, followed by those of other titles."""
        columns = ((getattr(one, field.name) for one in (self, other)) for field in fields(self))
        return Engagement(*(np.concatenate(tuple(both)) for both in columns))

    def rolled(self, series: Mapping[str, str]) -> Engagement:
        """Return the entries with each episode counted to its series.

        Portions, completion, the watchlist and moments take the largest, ratings and thumbs the mean.
        """
        targets = np.array([series.get(title, title) for title in self.title_ids], object)
        ids, rows = np.unique(targets.astype(str), return_inverse=True)
        return Engagement(
            title_ids=ids.astype(object),
            watched_portion=_largest(self.watched_portion, rows, len(ids)),
            completed=np.bincount(rows, self.completed, len(ids)) > 0,
            rating=_mean(self.rating, rows, len(ids)),
            thumb=_mean(self.thumb, rows, len(ids)),
            watchlisted=np.bincount(rows, self.watchlisted, len(ids)) > 0,
            episodes=np.bincount(rows, self.episodes, len(ids)).astype(np.int64),
            last_at=_latest(self.last_at, rows, len(ids)),
            watched_at=_latest(self.watched_at, rows, len(ids)),
            dismissed_at=_latest(self.dismissed_at, rows, len(ids)),
        )

    def weigh(self, as_of: datetime, policy: WeightPolicy = POLICY) -> NDArray[np.float32]:
        """Return the weight of each entry, at least 0, shape (n,)."""
        return weight_of(self, as_of, policy)


def histories_of(
    engagement: Engagement,
    title_ids: IdMap,
    series: Mapping[str, str],
    as_of: datetime,
    *,
    region: str = "",
) -> Histories:
    """Return one viewer's history for a request, as ``Interactions`` would hold it.

    Parameters
    ----------
    engagement : Engagement
        Of events before ``as_of``.
    title_ids : IdMap
        The catalog; titles it does not hold become -1.
    series : mapping
        Each episode's series.
    as_of : datetime
        UTC.
    region : str
        Where the viewer is.
    """
    whole = engagement.rolled(series)
    whole = whole.take(~np.isnat(whole.last_at))  # what was dismissed alone is no interaction
    order = np.argsort(whole.last_at, kind="stable")
    return Histories(
        offsets=np.array([0, len(order)], np.int64),
        titles=title_ids.internal(whole.title_ids[order]),
        weights=whole.weigh(as_of)[order],
        occurred_at=whole.last_at[order].astype("datetime64[s]"),
        first_at=whole.last_at[order].astype("datetime64[s]"),
        watched_portion=np.where(whole.completed, 1.0, whole.watched_portion)[order].astype(
            np.float32
        ),
        regions=np.array([region], "U2"),
        n_titles=len(title_ids),
    )


def interactions(
    events: ibis.Table, titles: ibis.Table, as_of: datetime, policy: WeightPolicy = POLICY
) -> ibis.Table:
    """Return the INTERACTIONS that were known at a moment.

    Parameters
    ----------
    events : ibis.Table
        Of the LAKE_EVENTS schema; only those before ``as_of`` count.
    titles : ibis.Table
        Of the TITLES schema, episodes included; they are rolled up to their series.
    as_of : datetime
        UTC.
    """
    past = events.filter(events.occurred_at < moment(as_of))
    whole = _rolled(_states(past), titles)
    regions = past.group_by("pseudonym").agg(
        region=past.region.argmax(past.sequence, where=past.region.notnull())
    )
    joined = whole.left_join(regions, "pseudonym").drop("pseudonym_right")
    return joined.select(
        "pseudonym",
        "title_id",
        weight=weight(joined, as_of, policy).cast("float32"),
        first_at=joined.first_at,
        last_at=joined.last_at,
        sequence=joined.sequence,
        watched_portion=ibis.ifelse(joined.completed, 1.0, joined.watched_portion).cast("float32"),
        region=joined.region,
        device_type=joined.device_type,
    ).order_by("pseudonym", "last_at", "sequence", "title_id")


def build(
    events: pa.Table, titles: pa.Table, as_of: datetime, policy: WeightPolicy = POLICY
) -> pa.Table:
    """Run ``interactions`` on DuckDB over Arrow tables; returns the INTERACTIONS schema."""
    with connection() as database:
        known = ibis.memtable(events), ibis.memtable(titles.select(["title_id", "series_id"]))
        return database.to_pyarrow(interactions(*known, as_of, policy)).cast(INTERACTIONS)


def _states(past: ibis.Table) -> ibis.Table:
    """Aggregate by viewer and title, as ``features.states`` does one by one."""
    active = past.filter(past.event_type.notin(PASSIVE))
    kind, said = active.event_type, active.value.notnull()
    listing = kind.isin([EventType.WATCHLIST_ADD.value, EventType.WATCHLIST_REMOVE.value])
    rated, thumbed = (said & (kind == e.value) for e in (EventType.RATING, EventType.THUMB))
    return active.group_by("pseudonym", "title_id").agg(
        watched_portion=active.watched_portion.max(),
        completed=(kind == EventType.COMPLETE.value).any(),
        rating=active.value.argmax(active.sequence, where=rated),
        thumb=active.value.argmax(active.sequence, where=thumbed),
        watchlisted=(kind == EventType.WATCHLIST_ADD.value)
        .argmax(active.sequence, where=listing)
        .fill_null(ibis.literal(value=False)),
        first_at=active.occurred_at.min(),
        last_at=active.occurred_at.max(),
        sequence=active.sequence.max(),
        first_sequence=active.sequence.min(),
        device_type=active.device_type.argmin(active.sequence, where=active.device_type.notnull()),
    )


def _rolled(states: ibis.Table, titles: ibis.Table) -> ibis.Table:
    parents = titles.filter(titles.series_id.notnull()).select(
        title_id=titles.title_id, series_id=titles.series_id
    )
    joined = states.left_join(parents, "title_id")
    joined = joined.mutate(title_id=ibis.coalesce(joined.series_id, joined.title_id))
    return joined.group_by("pseudonym", "title_id").agg(
        watched_portion=joined.watched_portion.max(),
        completed=joined.completed.any(),
        rating=joined.rating.mean(),
        thumb=joined.thumb.mean(),
        watchlisted=joined.watchlisted.any(),
        episodes=(joined.completed | (joined.watched_portion.fill_null(0.0) > 0))
        .cast("int64")
        .sum(),
        first_at=joined.first_at.min(),
        last_at=joined.last_at.max(),
        sequence=joined.sequence.max(),
        device_type=joined.device_type.argmin(
            joined.first_sequence, where=joined.device_type.notnull()
        ),
    )


def _utc(moment: datetime | int | None) -> datetime | int | None:
    """Return a moment as numpy takes it, which knows no zones; microseconds since 1970 are one already."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def _latest(
    moments: NDArray[np.datetime64], rows: NDArray[np.int64], n: int
) -> NDArray[np.datetime64]:
    latest = np.full(n, "NaT", "M8[us]")
    np.fmax.at(latest, rows, moments)
    return latest


def _largest(values: NDArray[np.float64], rows: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    largest = np.full(n, np.nan)
    np.fmax.at(largest, rows, values)
    return largest


def _mean(values: NDArray[np.float64], rows: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    counts = np.bincount(rows[known], minlength=n)
    sums = np.bincount(rows[known], values[known], minlength=n)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

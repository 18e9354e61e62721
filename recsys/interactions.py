"""The central table: who watched what, when, how much; and its view as a batch of histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from recsys.columns import check_filled, check_pairs, check_weights, devices, portions, seconds
from recsys.errors import InputError
from recsys.ids import UNKNOWN, IdMap, InternalIds
from recsys.schema import INTERACTIONS

Moments = NDArray[np.datetime64]
"""UTC times to the second (``datetime64[s]``)."""


@dataclass(frozen=True, slots=True)
class Histories:
    """A batch of viewers, each a list of titles in time order (oldest first), laid end to end.

    Attributes
    ----------
    offsets : int64 (n_viewers + 1,)
        Viewer ``v`` owns the entries ``offsets[v]:offsets[v + 1]``.
    titles : int32 (n_entries,)
        Internal ids; -1 for a title that the catalog does not hold, which models ignore.
    weights : float32 (n_entries,)
        Engagement, at least 0.
    occurred_at : datetime64[s] (n_entries,)
        Of the last time.
    first_at : datetime64[s] (n_entries,)
        Of the first; as ``occurred_at`` where a history is only asked with.
    watched_portion : float32 (n_entries,)
        In [0, 1]; NaN where unknown.
    regions : str (n_viewers,)
        Where each viewer is; "" where unknown.
    n_titles : int
        Titles in the catalog.
    devices : int8 (n_entries,), optional
        Row of ``DEVICE_TYPES`` on which each title was first taken up, -1 where unknown; ``None`` where only asked with.
    """

    offsets: NDArray[np.int64]
    titles: InternalIds
    weights: NDArray[np.float32]
    occurred_at: Moments
    first_at: Moments
    watched_portion: NDArray[np.float32]
    regions: NDArray[np.str_]
    n_titles: int
    devices: NDArray[np.int8] | None = None

    @classmethod
    def of(cls, titles: Sequence[Sequence[int]], n_titles: int) -> Histories:
        """Build histories from plain lists: weight 1, wholly watched, a second between titles.

        Examples
        --------
        >>> histories = Histories.of([[3, 1], []], n_titles=5)
        >>> len(histories), histories.lengths.tolist()
        (2, [2, 0])
        """
        lengths = [len(one) for one in titles]
        flat = np.array([t for one in titles for t in one], dtype=np.int32)
        seconds = np.concatenate([np.arange(n) for n in lengths] or [np.empty(0, int)])
        return cls(
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            titles=flat,
            weights=np.ones(len(flat), np.float32),
            occurred_at=seconds.astype("datetime64[s]"),
            first_at=seconds.astype("datetime64[s]"),
            watched_portion=np.ones(len(flat), np.float32),
            regions=np.full(len(lengths), "", dtype="U2"),
            n_titles=n_titles,
        )

    @classmethod
    def single(cls, titles: InternalIds, n_titles: int) -> Histories:
        """Build one history for each title, which holds that title alone."""
        count = len(titles)
        return cls(
            offsets=np.arange(count + 1, dtype=np.int64),
            titles=np.asarray(titles, np.int32),
            weights=np.ones(count, np.float32),
            occurred_at=np.zeros(count, "datetime64[s]"),
            first_at=np.zeros(count, "datetime64[s]"),
            watched_portion=np.ones(count, np.float32),
            regions=np.full(count, "", dtype="U2"),
            n_titles=n_titles,
        )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Entries of each viewer, shape (n_viewers,)."""
        return np.diff(self.offsets)

    @property
    def viewers(self) -> NDArray[np.int64]:
        """The viewer's row of each entry, shape (n_entries,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def steps_ago(self) -> NDArray[np.int64]:
        """How many entries of the same viewer come after each entry; 0 for the last."""
        return np.repeat(self.offsets[1:], self.lengths) - 1 - np.arange(len(self.titles))

    @property
    def places(self) -> NDArray[np.int64]:
        """How many entries of the same viewer come before each entry; 0 for the first."""
        return np.arange(len(self.titles)) - np.repeat(self.offsets[:-1], self.lengths)

    @property
    def totals(self) -> NDArray[np.float32]:
        """The sum of each viewer's weights, shape (n_viewers,)."""
        return np.bincount(self.viewers, self.weights, len(self)).astype(np.float32)

    def take(self, viewers: NDArray[np.int64] | slice) -> Histories:
        """Return the histories of some viewers, in the order asked for."""
        rows = np.arange(len(self))[viewers]
        lengths = self.lengths[rows]
        offsets = np.r_[0, np.cumsum(lengths)]
        entries = np.repeat(self.offsets[rows] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return replace(self._entries(entries), offsets=offsets, regions=self.regions[rows])

    def keep(self, entries: NDArray[np.bool_]) -> Histories:
        """Return the same viewers with only the entries marked true, shape (n_entries,)."""
        counts = np.bincount(self.viewers[entries], minlength=len(self))
        kept = self._entries(np.flatnonzero(entries))
        return replace(kept, offsets=np.r_[0, np.cumsum(counts)])

    def known(self) -> Histories:
        """Return the same viewers without titles that the catalog does not hold."""
        return self if self.titles.min(initial=0) >= 0 else self.keep(self.titles != UNKNOWN)

    def heard(self) -> Histories:
        """Return the same viewers without entries of weight 0: seen, and not to be learned from."""
        return self if self.weights.all() else self.keep(self.weights > 0)

    def last(self, n: int) -> Histories:
        """Return the same viewers with at most their ``n`` most recent entries."""
        return self.keep(self.steps_ago < n)

    def before(self, moment: np.datetime64 | Moments) -> Histories:
        """Return the same viewers as they were before a moment, or before one moment each."""
        each = moment if np.ndim(moment) == 0 else np.repeat(moment, self.lengths)
        return self.keep(self.occurred_at < each)

    def by_first(self) -> Histories:
        """Return the same viewers with each entry at the first time of the viewer with its title.

        Cut at a moment, such histories hold what had been watched by then and nothing else, while
        entries at their last time are missing if the title was watched once more after it.
        """
        order = np.lexsort((self.first_at, self.viewers))
        return replace(self._entries(order), occurred_at=self.first_at[order])

    def faded(self, per_step: float, floor: float = 0.0) -> Histories:
        """Return the same viewers with weights that fade towards a floor.

        Each is multiplied by ``floor + (1 - floor) * per_step ** steps_ago``.
        """
        fade = np.power(np.float32(per_step), self.steps_ago, dtype=np.float32)
        return replace(self, weights=self.weights * (floor + (1 - np.float32(floor)) * fade))

    def aged(self, half_life_days: float) -> Histories:
        """Return the same viewers with weights halved for each half-life before the newest entry."""
        if not len(self.titles):
            return self
        halvings = (
            (self.occurred_at.max() - self.occurred_at) / np.timedelta64(1, "D") / half_life_days
        )
        return replace(self, weights=(self.weights * np.exp2(-halvings)).astype(np.float32))

    def to_csr(self) -> sparse.csr_matrix:
        """Return the weights as float32 (n_viewers, n_titles); unknown titles are left out."""
        known = self.known()
        entries = (known.weights, known.titles, known.offsets)
        # A copy, because adding up repeats sorts each row in place, and ours are in time order.
        matrix = sparse.csr_matrix(entries, shape=(len(self), self.n_titles), copy=True)
        matrix.sum_duplicates()
        return matrix

    def _entries(self, index: NDArray[np.int64]) -> Histories:
        return replace(
            self,
            titles=self.titles[index],
            weights=self.weights[index],
            occurred_at=self.occurred_at[index],
            first_at=self.first_at[index],
            watched_portion=self.watched_portion[index],
            devices=None if self.devices is None else self.devices[index],
        )


@dataclass(frozen=True, slots=True)
class Interactions:
    """Histories together with the outside ids of their viewers and titles: what a model learns from.

    Attributes
    ----------
    histories : Histories
        One per viewer, a title at most once each.
    viewer_ids : IdMap
        Pseudonyms, aligned with the histories' rows.
    title_ids : IdMap
        The catalog, watched or not.
    """

    histories: Histories
    viewer_ids: IdMap
    title_ids: IdMap

    def __len__(self) -> int:
        return len(self.histories.titles)

    @classmethod
    def from_table(cls, table: pa.Table, title_ids: IdMap | None = None) -> Interactions:
        """Build from a table of the INTERACTIONS schema.

        Parameters
        ----------
        table : pyarrow.Table
        title_ids : IdMap, optional
            The catalog; by default the titles that occur. Rows of other titles are left out.

        Raises
        ------
        InputError
            If a column is missing, a required value is empty, a weight is not a finite number of
            at least 0, or a pair of viewer and title comes twice.
        """
        missing = [name for name in INTERACTIONS.names if name not in table.column_names]
        if missing:
            raise InputError(
                expected=f"columns {INTERACTIONS.names}",
                got=f"none of {missing}",
                where="interactions",
            )
        check_filled(table)
        check_weights(table["weight"].to_numpy(), "interactions, column weight")
        title_ids = title_ids or IdMap(pc.unique(table["title_id"]).to_pylist())
        viewer_ids = IdMap(pc.unique(table["pseudonym"]).to_pylist())
        titles = title_ids.internal(table["title_id"].to_numpy(zero_copy_only=False))
        viewers = viewer_ids.internal(table["pseudonym"].to_numpy(zero_copy_only=False))
        moments = table["last_at"].cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
        order = np.lexsort((titles, table["sequence"].to_numpy(), moments, viewers))
        order = order[titles[order] != UNKNOWN]
        check_pairs(viewers[order], titles[order], len(title_ids))
        regions = np.full(len(viewer_ids), "", dtype="U2")
        known = table["region"].fill_null("").to_numpy(zero_copy_only=False)[order]
        regions[viewers[order]] = known.astype("U2")
        counts = np.bincount(viewers[order], minlength=len(viewer_ids))
        histories = Histories(
            offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            titles=titles[order],
            weights=table["weight"].to_numpy().astype(np.float32)[order],
            occurred_at=moments[order].astype("datetime64[s]"),
            first_at=seconds(table["first_at"])[order],
            watched_portion=portions(table)[order],
            regions=regions,
            n_titles=len(title_ids),
            devices=devices(table)[order],
        )
        return cls(histories, viewer_ids, title_ids)

    def with_histories(self, histories: Histories) -> Interactions:
        """Return the same viewers and catalog with other histories, for a split."""
        return replace(self, histories=histories)

    def watches(self, catalog: IdMap, where: str) -> Interactions:
        """Return what can be learned from: all but entries of weight 0, as a thumb down weighs.

        Raises
        ------
        InputError
            If nothing is left, a weight is no finite number of at least 0, or the catalog is another.
        """
        if catalog != self.title_ids:
            raise InputError(expected=f"one catalog, {self.title_ids}", got=catalog, where=where)
        check_weights(self.histories.weights, f"{where}, weights")
        histories = self.histories.keep(self.histories.weights > 0)
        if not len(histories.titles):
            got = "weights of 0 alone" if len(self) else "none"
            raise InputError(expected="at least one interaction", got=got, where=where)
        return self.with_histories(histories)

    def before(self, moment: np.datetime64) -> Interactions:
        """Return what was known before a moment."""
        return self.with_histories(self.histories.before(moment))

"""What may be shown to whom: fail-closed, and known before the search rather than filtered after it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.context import Context
from recsys.interactions import Histories
from recsys.schema import MATURITY_AGES
from recsys.titles import Titles

KNOWN = 32
"""Answers that are remembered: most viewers are in few regions, and of few limits of age."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STRICTEST = max(MATURITY_AGES.values())
_LONG_AGO, _NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_NOWHERE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of every title, read off a catalog once, so that a request costs a few comparisons.

    A title is shown where its list of regions is empty or holds the viewer's, within its window
    (``available_from <= now < available_until``), and to viewers old enough. What is not known
    counts against showing: an unknown maturity is the strictest one, and a viewer whose region is
    unknown sees only what may be shown everywhere.

    Attributes
    ----------
    everywhere : bool (n_titles,)
        Which titles no list of regions keeps back.
    within : mapping of str to int64
        Internal ids of the titles whose list holds a region.
    begins, ends : int64 (n_titles,)
        The window, in microseconds since 1970, UTC.
    ages : int64 (n_titles,)
        The youngest age, in years, for which each is meant.
    changes : int64 (n_changes,)
        Every moment at which a window opens or closes, in order: between two of them all stays as it is.
    wanted : bool (n_titles,), optional
        Titles that alone are shown, as far as all else lets them.
    """

    everywhere: NDArray[np.bool_]
    within: Mapping[str, NDArray[np.int64]]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    ages: NDArray[np.int64]
    changes: NDArray[np.int64]
    wanted: NDArray[np.bool_] | None = None
    _known: dict[Hashable, NDArray[np.bool_]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, titles: Titles, withdrawn: NDArray[np.bool_] | None = None) -> Self:
        """Read the rights of a catalog.

        Parameters
        ----------
        titles : Titles
        withdrawn : bool (n_titles,), optional
            Titles that are shown to nobody, whatever the catalog says.
        """
        return cls.of_table(titles.table, withdrawn)

    @classmethod
    def of_table(cls, table: pa.Table, withdrawn: NDArray[np.bool_] | None = None) -> Self:
        """Read the rights of the rows of a table of TITLES, which may be episodes."""
        begins, ends = _window(table)
        if withdrawn is not None:
            ends[withdrawn] = _LONG_AGO
        changes = np.unique(np.concatenate([begins, ends]))
        ages = _ages(table["maturity_rating"])
        return cls(*_regions(table["regions"]), begins, ends, ages, changes)

    def allowed(self, context: Context) -> NDArray[np.bool_]:
        """Return which titles a context may be shown, bool (n_titles,), the caller's to change."""
        known = self.mask(context)
        return known.copy() if self.wanted is None else known

    def mask(self, context: Context) -> NDArray[np.bool_]:
        """Return the same, which is everybody's and not to be changed."""
        now = _microseconds(context.now)
        since = int(np.searchsorted(self.changes, now, "right"))
        place = (context.region, context.maximum_age, since)
        if (known := self._known.get(place)) is None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            known = self._known[place] = self._allowed(context)
        return known if self.wanted is None else known & self.wanted

    def _allowed(self, context: Context) -> NDArray[np.bool_]:
        shown = self.everywhere.copy()
        shown[self.within.get(context.region, [])] = True
        shown &= self.open(context.now)
        if context.maximum_age is not None:
            shown &= self.ages <= context.maximum_age
        return shown

    def lasts(self, moment: datetime) -> float:
        """Return for how many seconds after a moment no window opens or closes; ``inf`` if none ever does."""
        now = _microseconds(moment)
        since = int(np.searchsorted(self.changes, now, "right"))
        left = self.changes[since:][:1]
        return float(left[0] - now) / 1e6 if len(left) and left[0] < _NEVER else np.inf

    def only(self, wanted: NDArray[np.bool_]) -> Self:
        """Return the rights under which nothing is shown but some of the titles, bool (n_titles,).

        They keep back what these do, so that no caller's wish can let anything through.
        """
        return replace(self, wanted=wanted if self.wanted is None else wanted & self.wanted)

    def without(self, withdrawn: NDArray[np.bool_]) -> Self:
        """Return the rights under which some titles are shown to nobody, bool (n_titles,), whatever else is said."""
        ends = np.where(withdrawn, _LONG_AGO, self.ends)
        changes = np.unique(np.concatenate([self.begins, ends]))
        return replace(self, ends=ends, changes=changes, _known={})

    def allows(self, title: int, context: Context) -> bool:
        """Return whether a context may be shown one title, as ``allowed`` would say of it."""
        now = _microseconds(context.now)
        within = self.within.get(context.region, _NOWHERE)
        at = int(np.searchsorted(within, title))
        here = bool(self.everywhere[title]) or (at < len(within) and within[at] == title)
        old_enough = context.maximum_age is None or self.ages[title] <= context.maximum_age
        wanted = self.wanted is None or self.wanted[title]
        return bool(here and old_enough and wanted and self.begins[title] <= now < self.ends[title])

    def open(self, moment: datetime) -> NDArray[np.bool_]:
        """Return which titles' windows a moment lies in, bool (n_titles,)."""
        now = _microseconds(moment)
        return (self.begins <= now) & (now < self.ends)


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def allowed(titles: Titles, context: Context) -> NDArray[np.bool_]:
    """Return which titles a context may be shown, bool (n_titles,)."""
    return Rights.of(titles).allowed(context)


def closed(titles: Titles, histories: Histories, moment: np.datetime64) -> NDArray[np.bool_]:
    """Return what was out of the question then, bool (n_histories, n_titles): seen, or not shown."""
    shut = np.repeat(~Rights.of(titles).open(utc(moment))[None], len(histories), axis=0)
    known = histories.known()
    shut[known.viewers, known.titles] = True
    return shut


def utc(moment: np.datetime64) -> datetime:
    """Return a moment of the interactions as a time with its zone."""
    return datetime.fromtimestamp(int(moment.astype("datetime64[s]").astype(np.int64)), UTC)


def _regions(
    regions: pa.ChunkedArray,
) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.int64]]]:
    lists = regions.combine_chunks()
    everywhere = pc.equal(pc.fill_null(pc.list_value_length(lists), 0), 0)
    rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    names = pc.list_flatten(lists).dictionary_encode(null_encoding="encode")
    codes = names.indices.to_numpy(zero_copy_only=False)
    within = {name: rows[codes == at] for at, name in enumerate(names.dictionary.to_pylist())}
    return np.array(everywhere.to_numpy(zero_copy_only=False), bool), {
        name: found for name, found in within.items() if name
    }


def _window(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    begins, ends = (
        np.array(pc.fill_null(table[name].cast(pa.int64()), empty).to_numpy(), np.int64)
        for name, empty in (("available_from", _LONG_AGO), ("available_until", _NEVER))
    )
    return begins, ends


def _ages(ratings: pa.ChunkedArray) -> NDArray[np.int64]:
    names = pa.array(list(MATURITY_AGES))
    ages = np.array([*MATURITY_AGES.values(), STRICTEST], np.int64)
    rows = pc.fill_null(pc.index_in(ratings, names), len(names)).to_numpy(zero_copy_only=False)
    return ages[rows]

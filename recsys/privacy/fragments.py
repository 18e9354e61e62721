"""A life of watching cut into short pieces that nothing links: what a lake may hold of one viewer at most."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.interactions import Histories

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Cut:
    """How histories are cut.

    Attributes
    ----------
    titles : int
        Of a fragment at most.
    days : int
        From the first title of a fragment to its last at most.
    dates : int
        Days to a multiple of which the dates of a fragment are floored, all of them to that of its first title;
        the order stays.
    viewers : int
        Titles that fewer viewers have are left out.
    """

    titles: int
    days: int
    dates: int = 1
    viewers: int = 1

    @property
    def floored(self) -> int:
        """Days by which the date of a title may lie before the true one at most."""
        return self.days + self.dates - 1

    def __post_init__(self) -> None:
        for name in ("titles", "days", "dates", "viewers"):
            if (given := getattr(self, name)) < 1:
                raise InputError(expected="at least 1", got=given, where=f"cut, {name}")


def fragmented(histories: Histories, cut: Cut) -> tuple[Histories, NDArray[np.int64]]:
    """Return histories in pieces, each a viewer of its own.

    A piece is as long as may be: it ends where the next title would be one too many, or too late.

    Parameters
    ----------
    histories : Histories
        In the order of time.
    cut : Cut

    Returns
    -------
    Histories
        One a fragment, those of one viewer one after another.
    int64 (n_fragments,)
        The row of whose each was, which no lake may hold.

    Examples
    --------
    >>> whole = Histories.of([[4, 2, 7, 1, 3], [2, 4]], n_titles=9)
    >>> pieces, owners = fragmented(whole, Cut(titles=2, days=30))
    >>> pieces.lengths.tolist(), owners.tolist()
    ([2, 2, 1, 2], [0, 0, 0, 1])
    """
    common = _common(histories, cut.viewers)
    offsets = _offsets(common, cut)
    starts = offsets[:-1]
    owners = common.viewers[starts]
    pieces = replace(common, offsets=offsets, regions=common.regions[owners])
    first = np.repeat(common.occurred_at[starts].astype("datetime64[D]"), pieces.lengths)
    floored = first - (first.astype(np.int64) % cut.dates) * DAY
    dates = floored.astype("datetime64[s]")
    return replace(pieces, occurred_at=dates, first_at=dates), owners


def _common(histories: Histories, least: int) -> Histories:
    """Return the same without titles that too few have; a title counts once a viewer."""
    known = histories.known()
    pairs = np.unique(known.viewers * known.n_titles + known.titles)
    support = np.bincount(pairs % known.n_titles, minlength=known.n_titles)
    return known.keep(support[known.titles] >= least)


def _offsets(histories: Histories, cut: Cut) -> NDArray[np.int64]:
    """Return where fragments begin, and the end: from each viewer's first title on, all viewers a step at a time."""
    n, viewers = len(histories.titles), histories.viewers
    days = histories.occurred_at.astype("datetime64[D]").astype(np.int64)
    # One axis for all: a viewer's days lie beyond those of the viewers before by more than any fragment is long.
    span = int(days.max(initial=0) - days.min(initial=0)) + cut.days + 1
    line = viewers * span + days
    late = np.searchsorted(line, line + cut.days, side="right")
    ends = np.repeat(histories.offsets[1:], histories.lengths)
    after = np.minimum(np.minimum(np.arange(n) + cut.titles, late), ends)
    begins, open_ = [], histories.offsets[:-1][histories.lengths > 0]
    last = histories.offsets[1:][histories.lengths > 0]
    while len(open_):
        begins.append(open_)
        open_ = after[open_]
        more = open_ < last
        open_, last = open_[more], last[more]
    return np.sort(np.concatenate([*begins, [n]])).astype(np.int64)

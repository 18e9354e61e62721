"""One row while it is filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recsys.page.facts import Facts
from recsys.page.grid import Grid
from recsys.page.ranked import Ranked, Row
from recsys.page.rules import Cap, fits


@dataclass(slots=True)
class Line:
    """One row while it is filled.

    Attributes
    ----------
    row : Row
    ids : list of int
        What it may show, the best first.
    sources : list of str
    value : float32 (n,)
        Probability of a choice, once looked at.
    shares : float32 (n, n_genres)
    caps : sequence of Cap
    facts : Facts
    words : list of dict
        By cap, the words of each title that was looked at.
    chosen : list of (int, str)
        The titles that stand in it, with what put them there.
    chance : dict of int to float
        Of those that were drawn.
    """

    row: Row
    ids: list[int]
    sources: list[str]
    value: NDArray[np.float32]
    shares: NDArray[np.float32]
    caps: Sequence[Cap]
    facts: Facts
    words: list[dict[int, frozenset[str]]]
    chosen: list[tuple[int, str]] = field(default_factory=list)
    chance: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, grid: Grid, at: int, caps: Sequence[Cap], facts: Facts) -> Line:
        """Take a row of a grid."""
        row = grid.rows[at]
        n = len(row.titles)
        ids, sources = row.titles.ids.tolist(), row.titles.sources.tolist()
        found = [facts.words_of(cap.field, row.titles.ids) for cap in caps]
        words = [dict(zip(ids, one, strict=True)) for one in found]
        return cls(row, ids, sources, grid.value[at, :n], grid.shares[at, :n], caps, facts, words)

    def ahead(self, free: Callable[[int], bool], n: int) -> list[int]:
        """Return the places in ``ids`` of the next ``n`` titles that are free and that no cap keeps out."""
        found: list[int] = []
        for at, title in enumerate(self.ids):
            if free(title) and self._fits(title):
                found.append(at)
                if len(found) == n:
                    break
        return found

    def admits(self, title: int) -> bool:
        """Return whether a title may be put into the row for another reason than the row's."""
        return self.row.open_to is not None and bool(self.row.open_to[title]) and self._fits(title)

    def _fits(self, title: int) -> bool:
        return all(
            fits(self._said(at, title), [self._said(at, one) for one, _ in self.chosen], cap)
            for at, cap in enumerate(self.caps)
        )

    def _said(self, at: int, title: int) -> frozenset[str]:
        known = self.words[at]
        if title not in known:
            (known[title],) = self.facts.words_of(self.caps[at].field, np.array([title], np.int32))
        return known[title]

    def titles(self, appeal: NDArray[np.float32]) -> Ranked:
        """Return what stands in it, each with its own score or, where something else put it there, its appeal."""
        ids = np.array([title for title, _ in self.chosen], np.int32)
        sources = np.array([source for _, source in self.chosen], object)
        own = dict(zip(self.ids, self.row.titles.scores.tolist(), strict=True))
        scores = [own.get(title, float(appeal[title])) for title, _ in self.chosen]
        return Ranked(ids, np.array(scores, np.float32), sources)

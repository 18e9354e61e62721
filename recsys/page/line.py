"""One row while it is filled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    value : list of float
        Probability of a choice, once looked at.
    caps : sequence of Cap
    facts : Facts
    words : list of dict
        By cap, the words of each title that was looked at.
    left : list of int
        Places in ``ids`` of the titles that it may still take.
    chosen : list of (int, str)
        The titles that stand in it, with what put them there.
    chance : dict of int to float
        Of those that were drawn.
    """

    row: Row
    ids: list[int]
    sources: list[str]
    value: list[float]
    caps: Sequence[Cap]
    facts: Facts
    words: list[dict[int, frozenset[str]]]
    left: list[int]
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
        value = grid.value[at, :n].tolist()
        return cls(row, ids, sources, value, caps, facts, words, list(range(n)))

    def ahead(self, taken: Collection[int], n: int) -> list[int]:
        """Return the places in ``ids`` of the next ``n`` titles that no cap keeps out.

        Parameters
        ----------
        taken : collection of int
            Titles that stand on the page; what was taken once is never given back.
        n : int
        """
        found: list[int] = []
        for at in self.left:
            title = self.ids[at]
            if title not in taken and (not self.caps or self._fits(title)):
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

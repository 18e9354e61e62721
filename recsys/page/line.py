"""One row while it is filled."""

from __future__ import annotations

from collections.abc import Container, Sequence
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
    words : list
        By cap, the words of each of ``ids``.
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
    words: list[list[frozenset[str]]]
    chosen: list[tuple[int, str]] = field(default_factory=list)
    chance: dict[int, float] = field(default_factory=dict)
    _first: int = 0

    @classmethod
    def of(cls, grid: Grid, at: int, caps: Sequence[Cap], facts: Facts) -> Line:
        """Take a row of a grid."""
        row = grid.rows[at]
        n = len(row.titles)
        words = [facts.words_of(cap.field, row.titles.ids) for cap in caps]
        ids, sources = row.titles.ids.tolist(), row.titles.sources.tolist()
        return cls(row, ids, sources, grid.value[at, :n], grid.shares[at, :n], caps, words)

    def ahead(self, taken: Container[int], n: int) -> list[int]:
        """Return the places in ``ids`` of the next ``n`` titles that are free and that no cap keeps out."""
        while self._first < len(self.ids) and self.ids[self._first] in taken:
            self._first += 1
        found: list[int] = []
        for at in range(self._first, len(self.ids)):
            if self.ids[at] not in taken and self._fits(at):
                found.append(at)
                if len(found) == n:
                    break
        return found

    def _fits(self, at: int) -> bool:
        if not self.caps:
            return True
        known = {title: place for place, title in enumerate(self.ids)}
        before = [known[title] for title, _ in self.chosen if title in known]
        return all(
            fits(words[at], [words[one] for one in before], cap)
            for cap, words in zip(self.caps, self.words, strict=True)
        )

    def titles(self, appeal: NDArray[np.float32]) -> Ranked:
        """Return what stands in it, each with its own score or, where something else put it there, its appeal."""
        ids = np.array([title for title, _ in self.chosen], np.int32)
        sources = np.array([source for _, source in self.chosen], object)
        own = dict(zip(self.ids, self.row.titles.scores.tolist(), strict=True))
        scores = [own.get(title, float(appeal[title])) for title, _ in self.chosen]
        return Ranked(ids, np.array(scores, np.float32), sources)

"""Which genres each title has, by title: the lexicon knows it by genre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recsys.search.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Genres:
    """The genres of titles.

    Attributes
    ----------
    names : list of str
    _starts : int64 (n_titles + 1,)
        Where those of each title begin.
    _numbers : int64 (n,)
        Places in ``names``, title by title.
    """

    names: list[str]
    _starts: NDArray[np.int64]
    _numbers: NDArray[np.int64]

    @classmethod
    def of(cls, lexicon: Lexicon, n_titles: int) -> Self:
        """Turn a lexicon round."""
        rows = list(lexicon.numbers["genre"].values())
        held = [lexicon.titles(row) for row in rows]
        titles = np.concatenate([np.empty(0, np.int32), *held])
        numbers = np.repeat(np.arange(len(rows)), [len(one) for one in held])
        order = np.argsort(titles, kind="stable")
        starts = np.searchsorted(titles[order], np.arange(n_titles + 1))
        return cls([lexicon.name(row) for row in rows], starts, numbers[order])

    def counts(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many of some titles have each genre, int64 (n_genres,)."""
        starts = self._starts[places]
        lengths = self._starts[places + 1] - starts
        # From where each title's genres begin, as many places on as it has.
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        found = self._numbers[np.repeat(starts, lengths) + within]
        return np.bincount(found, minlength=len(self.names))

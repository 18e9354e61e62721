"""What a question may be going to be: names of titles, people and genres that begin so, of what may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.search.find import MOST_WORDS
from recsys.search.folding import Word, words
from recsys.search.index import Index
from recsys.search.matching import Mask, titles

MOST: Final = 200
"""Completions that are looked at, the most watched ones."""
WHOLE: Final = 1.0
"""What it counts that a name begins so, rather than one of its later words."""
MANY: Final = 10.0
"""Titles of a word that is half as likely as can be."""
LIKELY: Final = 0.45
"""Least relevance of a name that may be meant by a misspelt beginning."""


class Completion(NamedTuple):
    """One that may be meant.

    Attributes
    ----------
    kind : str
    number : int
        The place of a title, else the row of a word.
    """

    kind: Literal["title", "person", "genre"]
    number: int


@dataclass(frozen=True, slots=True)
class Completer:
    """Completes questions for one asker.

    Attributes
    ----------
    index : Index
    shown : bool (n_entries,)
        Which titles may be shown; a person or a genre is named only if one of theirs may.
    popular : float32 (n_titles,)
        In [0, 1], the more watched the higher.
    """

    index: Index
    shown: Mask
    popular: NDArray[np.float32]

    def complete(self, text: str, n: int) -> list[Completion]:
        """Return at most ``n``: what begins so, most watched first; if nothing does, what may be meant."""
        asked = words(text)[:MOST_WORDS]
        if not asked:
            return []
        found = list(dict.fromkeys(self._begun(asked))) or list(self._meant(asked))
        return found[:n]

    def _begun(self, asked: list[Word]) -> Iterator[Completion]:
        owners, whole = self.index.starts.begun(" ".join(word.text for word in asked))
        titled = owners >= 0
        value = self._values(owners, titled) + np.where(whole, WHOLE, 0.0)
        best = np.argsort(-value, kind="stable")[:MOST] if len(value) <= MOST else self._best(value)
        for at in best.tolist():
            if value[at] > -np.inf:
                owner = int(owners[at])
                if owner >= 0:
                    yield Completion("title", owner)
                elif (word := self._word(-1 - owner)) is not None:
                    yield word

    def _best(self, value: NDArray[np.float64]) -> NDArray[np.int64]:
        most = np.argpartition(-value, MOST)[:MOST]
        return most[np.lexsort((most, -value[most]))]

    def _values(self, owners: NDArray[np.int32], titled: Mask) -> NDArray[np.float64]:
        """Return how likely each is to be meant, in [0, 1], or minus infinity if it may not be shown."""
        value = np.empty(len(owners), np.float64)
        own = owners[titled]
        value[titled] = np.where(self.shown[own], self.popular[own], -np.inf)
        counts = self.index.lexicon.counts[-1 - owners[~titled]]
        value[~titled] = counts / (counts + MANY)
        return value

    def _word(self, row: int) -> Completion | None:
        lexicon = self.index.lexicon
        if not self.shown[lexicon.titles(row)].any():
            return None
        return Completion("genre" if lexicon.kind(row) == "genre" else "person", row)

    def _meant(self, asked: list[Word]) -> Iterator[Completion]:
        shown = self.shown[: self.index.entries.n_titles]
        found = titles(self.index, asked, shown, MOST)
        good = found.grades >= LIKELY
        places, grades = found.places[good], found.grades[good]
        for place in places[np.lexsort((places, -self.popular[places], -grades))].tolist():
            yield Completion("title", place)
        text = " ".join(word.text for word in asked)
        if (name := self.index.reader.near.person(text)) is not None:
            word = self._word(self.index.lexicon.numbers["person"][name])
            if word is not None:
                yield word

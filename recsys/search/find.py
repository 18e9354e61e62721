"""Answers to a question: what it names, what its parts ask for, and among equals what the asker would like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.search import matching
from recsys.search.folding import Word, words
from recsys.search.index import Index
from recsys.search.matching import Mask
from recsys.search.relevance import HOLDS, STEP, UNDERSTOOD
from recsys.search.understanding import Reading

MOST_WORDS: Final = 16
"""Of a question; what follows is not looked at."""
ENOUGH: Final = 200
"""Titles that are looked for, so that equals can be put in order."""
HEAD: Final = 500
"""Titles that are put in order by taste, the most relevant and most watched ones."""
UNLIKELY: Final = 0.5
"""Share of the best relevance below which a title is left out."""
NEARLY: Final = 0.6
"""Relevance of titles that have all parts of a question but not its other words, or all parts but one, where nothing
answers better."""
OF_EPISODE: Final = 0.85
"""What the name of an episode counts beside that of a title."""
TASTE: Final = 2.0
"""What the asker's taste counts among equals, beside how much all others watch."""

Alike = Callable[[str], tuple[NDArray[np.int64], NDArray[np.float32]]]
Taste = Callable[[NDArray[np.int64]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Found:
    """Titles that answer a question, best first, all of which may be shown.

    Attributes
    ----------
    places : int64 (n,)
    grades : float32 (n,)
        Relevances in [0, 1]; what is nearer than a step may stand in either order.
    words : list of Word
        Of the question.
    reading : Reading
        What was understood.
    meant : list of Word
        Words of names that are understood and not written so.
    episodes : mapping of int to int
        The episode for which a series was found, by places.
    more : bool
        Whether further titles hold the words.
    """

    places: NDArray[np.int64]
    grades: NDArray[np.float32]
    words: list[Word] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    meant: list[Word] = field(default_factory=list)
    episodes: Mapping[int, int] = field(default_factory=dict)
    more: bool = False


@dataclass(slots=True)
class Finder:
    """Answers questions for one asker.

    Attributes
    ----------
    index : Index
    shown : bool (n_entries,)
        Which entries may be shown; an episode is only where its series is too.
    popular : float32 (n_titles,)
        In [0, 1], the more watched the higher.
    taste : callable
        Gives how much some titles fit the asker, in [0, 1].
    alike : callable
        Gives titles like one, by its id, best first, with how much they are, in [0, 1].
    """

    index: Index
    shown: Mask
    popular: NDArray[np.float32]
    taste: Taste
    alike: Alike

    def find(self, text: str) -> Found:
        """Return what answers a question."""
        asked = words(text)[:MOST_WORDS]
        if not asked:
            return Found(np.empty(0, np.int64), np.empty(0, np.float32))
        n_titles = self.index.entries.n_titles
        grades = np.zeros(n_titles, np.float32)
        literal = matching.titles(self.index, asked, self.shown[:n_titles], ENOUGH)
        _raise(grades, literal.places, literal.grades)
        reading = self._understood(asked, grades)
        series = self._episodes(asked, grades)
        order = self._order(grades)
        meant = [
            word for part in reading.parts if part.kind == "person" for word in words(part.value)
        ]
        return Found(order, grades[order], asked, reading, meant, series, literal.more)

    def _understood(self, asked: list[Word], grades: NDArray[np.float32]) -> Reading:
        """Raise what the parts of a question ask for, and return what was understood."""
        texts = [word.text for word in asked]
        reading = self.index.reader.read(texts, self.shown)
        self._raise_parts(reading, asked, grades)
        if grades.max(initial=0) < HOLDS:
            likely = self.index.reader.read(texts, self.shown, misspelt=True)
            if likely.named != reading.named:
                self._raise_parts(likely, asked, grades)
                reading = likely
        if reading.parts and reading.like is None and grades.max(initial=0) < NEARLY:
            self._raise_nearly(reading, grades)
        return reading

    def _raise_parts(
        self, reading: Reading, asked: list[Word], grades: NDArray[np.float32]
    ) -> None:
        if not reading.parts:
            return
        rest = [word for word in asked if word.text in set(reading.rest)]
        may = self._having(reading)
        if reading.like is not None:
            self._raise_alike(reading.like, may, grades)
        elif rest:
            found = matching.titles(self.index, rest, may, ENOUGH)
            _raise(grades, found.places, found.grades)
        else:
            _raise(grades, np.flatnonzero(may), UNDERSTOOD)

    def _raise_nearly(self, reading: Reading, grades: NDArray[np.float32]) -> None:
        """Raise what has all parts of a question and not its other words; if nothing has, what lacks one part."""
        nearly = self._having(reading)
        if not nearly.any() and len(reading.parts) > 1:
            has = np.zeros(len(nearly), np.int8)
            for part in reading.parts:
                has[part.titles] += 1
            nearly = (has == len(reading.parts) - 1) & self.shown[: len(has)]
        _raise(grades, np.flatnonzero(nearly), NEARLY)

    def _having(self, reading: Reading) -> Mask:
        """Return which titles that may be shown have all parts, bool (n_titles,)."""
        shown = self.shown[: self.index.entries.n_titles]
        held = [part.titles for part in reading.parts if part.kind != "like"]
        if not held:
            return shown
        # The fewest first, each then looked up among the others, which are in order.
        held.sort(key=len)
        both = held[0]
        for titles in held[1:]:
            at = np.minimum(np.searchsorted(titles, both), len(titles) - 1)
            both = both[titles[at] == both]
        may = np.zeros(len(shown), bool)
        may[both] = shown[both]
        return may

    def _raise_alike(self, title_id: str, may: Mask, grades: NDArray[np.float32]) -> None:
        places, likeness = self.alike(title_id)
        good = may[places]
        _raise(grades, places[good], UNDERSTOOD * likeness[good])

    def _episodes(self, asked: list[Word], grades: NDArray[np.float32]) -> dict[int, int]:
        """Raise series by the names of their episodes, and return the episode of each that this raised."""
        if sum(len(word.text) for word in asked) < 3 and not asked[0].dense:
            return {}
        found = matching.episodes(self.index, asked, self.shown, misspelt=False)
        if not len(found.places) and grades.max(initial=0) < HOLDS:
            found = matching.episodes(self.index, asked, self.shown, misspelt=True)
        raised: dict[int, int] = {}
        series = self.index.entries.series[found.places]
        counted = OF_EPISODE * found.grades
        for at in np.lexsort([found.places, -counted]).tolist():
            title, grade = int(series[at]), counted[at]
            if grade > grades[title]:
                raised[title], grades[title] = int(found.places[at]), grade
        return raised

    def _order(self, grades: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return titles by relevance in steps, then as the asker likes them and as they are watched."""
        least = max(matching.LEAST, UNLIKELY * float(grades.max(initial=0)))
        places = np.flatnonzero(grades >= least)
        places = places[_ranked(places, grades[places], self.popular[places])]
        head, tail = places[:HEAD], places[HEAD:]
        likes = TASTE * self.taste(head) + self.popular[head]
        return np.concatenate([head[_ranked(head, grades[head], likes)], tail])


def _ranked(
    places: NDArray[np.int64], grades: NDArray[np.float32], likes: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Return the order by steps of relevance, then by liking, then by relevance."""
    return np.lexsort((places, -grades, -likes, -np.round(grades / STEP)))


def _raise(
    grades: NDArray[np.float32], places: NDArray[np.int64], to: NDArray[np.float32] | float
) -> None:
    grades[places] = np.maximum(grades[places], to)

"""Titles whose names, people or keywords answer words, among those that may be shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.search.engine import Hits
from recsys.search.entries import NONE
from recsys.search.folding import Word, grams
from recsys.search.index import Index
from recsys.search.relevance import HOLDS, SAME, STEP, of_holders, of_likely

Mask = NDArray[np.bool_]

FIRST: Final = 500
GROWTH: Final = 8
"""Hits that are looked through at first, and by what factor more where too few of them may be shown."""
GRADED: Final = 200
"""Of those that hold all words, whose names are looked at; the others hold them less well."""
LIKELY: Final = 150
"""Titles with most of the words, perhaps misspelt, that are looked at."""
SOME: Final = 10
"""As many of them come, where there are so many: those that follow have ever fewer of the words. And where as many
names hold all words as they are written, no others are looked for."""
LEAST: Final = 0.15
"""Relevance below which a title is no answer."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Titles by place with their relevances, in [0, 1], each once.

    Attributes
    ----------
    places : int64 (n,)
    grades : float32 (n,)
    more : bool
        Whether there are others with all of the words, less relevant ones.
    """

    places: NDArray[np.int64]
    grades: NDArray[np.float32]
    more: bool = False


def titles(index: Index, words: Sequence[Word], shown: Mask, enough: int) -> Matched:
    """Return titles that answer words.

    Parameters
    ----------
    index : Index
    words : sequence of Word
        The last may be only begun.
    shown : bool (n_titles,)
        Which may be shown: no other is looked at.
    enough : int
        As many come, where there are so many.
    """
    texts = [word.text for word in words]
    asked = [gram for word in words for gram in grams(word)]
    begun = not words[-1].dense
    may = shown.__getitem__
    strict = _held(lambda n: index.engine.strict(asked, n, begun=begun), may, enough)
    best, rest = strict.places[:GRADED], strict.places[GRADED:]
    grades = np.full(len(strict.places), HOLDS - STEP, np.float32)
    grades[: len(best)] = of_holders(texts, index.entries.names(best))
    if any(word.dense for word in words):
        # Pairs of letters say less than words do: a name may have them all in other places.
        texts = asked
    # Nobody mistypes a name into that of another title, or into words that many names hold.
    if grades.max(initial=0) == SAME or (grades >= HOLDS).sum() >= SOME:
        return Matched(strict.places, grades, strict.more)
    likely = _held(lambda n: index.engine.loose(asked, n, begun=begun), may, SOME)
    new = likely.places[:LIKELY]
    new = new[~np.isin(new, strict.places)]
    loose = of_likely(texts, _parted(index, new, dense=texts is asked))
    places = np.concatenate([best, rest, new])
    every = np.concatenate([grades, np.minimum(loose, 1 - STEP)])
    good = every >= LEAST
    return Matched(places[good], every[good], strict.more)


def episodes(index: Index, words: Sequence[Word], shown: Mask, *, misspelt: bool) -> Matched:
    """Return episodes that answer words, those of series alone that may be shown.

    Parameters
    ----------
    index : Index
    words : sequence of Word
    shown : bool (n_entries,)
    misspelt : bool
    """
    asked = [gram for word in words for gram in grams(word)]
    series = index.entries.series

    def may(places: NDArray[np.int64]) -> Mask:
        return shown[places] & (series[places] != NONE) & shown[series[places]]

    found = _held(lambda n: index.engine.episodes(asked, n, misspelt=misspelt), may, LIKELY)
    places = found.places[:GRADED]
    names = index.entries.names(places)
    texts = [word.text for word in words]
    grades = of_likely(texts, names) if misspelt else of_holders(texts, names)
    return Matched(places, grades)


def _held(
    ask: Callable[[int], Hits], may: Callable[[NDArray[np.int64]], Mask], enough: int
) -> Hits:
    """Return hits that may be shown: enough of them, where there are so many, however many may not."""
    limit = FIRST
    while True:
        hits = ask(limit)
        kept = may(hits.places)
        if kept.sum() >= enough or not hits.more:
            return Hits(hits.places[kept], hits.scores[kept], hits.more)
        limit *= GROWTH


def _parted(index: Index, places: NDArray[np.int64], *, dense: bool) -> list[str]:
    """Return names, in pairs of letters if they are compared by those."""
    names = index.entries.names(places)
    if not dense:
        return names
    return ["\n".join(" ".join(_pairs(one)) or one for one in name.split("\n")) for name in names]


def _pairs(name: str) -> list[str]:
    return [name[at : at + 2] for at in range(len(name) - 1)]

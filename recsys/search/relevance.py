"""How well the name of a title answers words: from the same name down to a few words in common, in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from recsys.search.folding import without_article

SAME: Final = 1.0
UNDERSTOOD: Final = 0.9
"""Of a title that has all parts of a question that is understood as a whole."""
HOLDS: Final = 0.8
"""At least, of a name that holds every word as it was written."""
ELSEWHERE: Final = 0.78
"""Where a word stands among people or keywords and not in the name."""
SPOILT: Final = 1.2
"""What is taken off for each share of the name's letters that differs."""
SIMILAR: Final = 0.7
"""Least likeness of two words that may be the same, misspelt."""
BEGUN: Final = 0.9
"""What a word counts that is only begun."""
STEP: Final = 0.04
"""Relevances that are nearer than this may be equals."""

Grades = NDArray[np.float32]


def of_holders(words: Sequence[str], names: Sequence[str]) -> Grades:
    """Return the relevance of titles each of which has every word somewhere: in its name, or elsewhere.

    Parameters
    ----------
    words : sequence of str
        Folded; the last may be only begun.
    names : sequence of str
        Folded; where one has several spellings, each on a line, the best counts.
    """
    asked, together = " ".join(words), "".join(words)
    return np.array(
        [
            max(_of_holder(words, asked, together, one) for one in name.split("\n"))
            for name in names
        ],
        np.float32,
    )


def _of_holder(words: Sequence[str], asked: str, together: str, name: str) -> float:
    if asked == name:
        return SAME
    short, compact = without_article(name), name.replace(" ", "")
    if together == compact or without_article(asked) == short:
        return SAME - STEP
    filled = min(len(asked) / len(name), 1.0)
    if name.startswith(asked) or short.startswith(asked) or compact.startswith(together):
        return HOLDS + 0.03 + 0.15 * filled
    parts = f" {name}"
    if all(f" {word}" in parts or word in compact for word in words):
        return HOLDS + 0.15 * filled
    return ELSEWHERE


def of_likely(words: Sequence[str], names: Sequence[str]) -> Grades:
    """Return the relevance of titles whose names may be meant by words that are misspelt or too many.

    The better of two views: of the names as a whole, by the letters that differ, and of how many of the
    words have one like them in the name.

    Parameters
    ----------
    words : sequence of str
        Folded; the last may be only begun.
    names : sequence of str
        Folded; where one has several spellings, each on a line, the best counts.
    """
    spelled = [name.split("\n") for name in names]
    if not spelled:
        return np.empty(0, np.float32)
    every = _of_likely(words, [one for group in spelled for one in group])
    starts = np.cumsum([0, *map(len, spelled)])[:-1]
    return np.maximum.reduceat(every, starts)


def _of_likely(words: Sequence[str], names: Sequence[str]) -> Grades:
    asked = " ".join(words)
    ways = [(asked, names), (without_article(asked), [without_article(name) for name in names])]
    if len(words) > 1 or any(" " in name for name in names):
        ways.append(("".join(words), [name.replace(" ", "") for name in names]))
    alike = np.max([_likeness([one], others)[0] for one, others in ways], axis=0)
    whole = 1 - SPOILT * (1 - alike)
    covered = _covered(words, names)
    filled = np.minimum(len(asked) / np.maximum([len(name) for name in names], 1), 1)
    partly = HOLDS * covered**2 * (0.9 + 0.1 * filled)
    return np.maximum(whole, partly).clip(0, SAME).astype(np.float32)


def _covered(words: Sequence[str], names: Sequence[str]) -> NDArray[np.float64]:
    """Return the mean likeness of the words to the most similar word of each name."""
    parts = [name.split() for name in names]
    known = {word: at for at, word in enumerate(dict.fromkeys(w for part in parts for w in part))}
    alike = _likeness(words, list(known))
    alike[alike < SIMILAR] = 0
    last = np.array([word.startswith(words[-1]) for word in known])
    alike[-1, last] = np.maximum(alike[-1, last], BEGUN)
    starts = np.cumsum([0, *map(len, parts)])[:-1]
    columns = [known[word] for part in parts for word in part]
    return np.maximum.reduceat(alike[:, columns], starts, axis=1).mean(axis=0)


def _likeness(words: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
    found = cdist(words, others, scorer=OSA.normalized_similarity, dtype=np.float32)
    return found.astype(np.float64)

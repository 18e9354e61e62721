"""Names of people and genres that a misspelt one may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from recsys.search.folding import Word
from recsys.search.lexicon import Lexicon

ALIKE: Final = 0.8
"""Least likeness of a name that may be meant."""
SHORTEST: Final = 5
"""Letters of the shortest text that is taken for a misspelt name."""


@dataclass(slots=True)
class Near:
    """Finds names like a text.

    Attributes
    ----------
    lexicon : Lexicon
    people : mapping
        Names by the first letter of their first and of their last word: one of both is seldom wrong too.
    words : set of str
        All words of all their names.
    """

    lexicon: Lexicon
    people: Mapping[str, Sequence[str]] = field(init=False, repr=False)
    words: set[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        people = defaultdict(list)
        for name in self.lexicon.numbers["person"]:
            for letter in {name[0], name.rpartition(" ")[2][0]}:
                people[letter].append(name)
        self.people = dict(people)
        self.words = {word for name in self.lexicon.numbers["person"] for word in name.split()}

    def speaks_of_people(self, asked: Sequence[Word]) -> bool:
        """Return whether a question has a word of anybody's name; most have none, which spares looking at the names."""
        return any(word.text in self.words for word in asked)

    def person(self, text: str) -> str | None:
        """Return the person whose name is most like a text, if one is like it."""
        if len(text) < SHORTEST or " " not in text:
            return None
        letters = {text[0], text.rpartition(" ")[2][0]}
        known = [name for letter in sorted(letters) for name in self.people.get(letter, ())]
        return _nearest(text, known)

    def genre(self, text: str) -> str | None:
        """Return the genre whose name is most like a text, if one is like it."""
        if len(text) < SHORTEST:
            return None
        return _nearest(text, list(self.lexicon.numbers["genre"]))


def _nearest(text: str, known: Sequence[str]) -> str | None:
    found = process.extractOne(text, known, scorer=OSA.normalized_similarity, score_cutoff=ALIKE)
    return None if found is None else str(found[0])

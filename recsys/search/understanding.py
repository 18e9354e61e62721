"""Questions read by their parts: "90s comedies with Jim Carrey" is a decade, a genre and a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.search.entries import NONE, TYPES, Entries
from recsys.search.folding import without_article
from recsys.search.lexicon import Lexicon
from recsys.search.near import Near
from recsys.search.vocabulary import Vocabulary, singular, vocabulary

LONGEST: Final = 6
"""Words of the longest name that is looked for."""

PartKind = Literal["person", "genre", "language", "type", "years", "like"]


class Part(NamedTuple):
    """One part of a question.

    Attributes
    ----------
    kind : str
    value : str
        As a client may show it: a name, "1990-1999", the id of a title.
    titles : int32 (n,)
        The entries that have it, ascending; or the one that others are to be like.
    """

    kind: PartKind
    value: str
    titles: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood.

    Attributes
    ----------
    parts : tuple of Part
    rest : tuple of str
        Words that are part of nothing, in their order; empty if all was understood.
    """

    parts: tuple[Part, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def named(self) -> list[tuple[str, str]]:
        """What the parts are, without their titles."""
        return [(part.kind, part.value) for part in self.parts]

    @property
    def like(self) -> str | None:
        """The id of the title that others are to be like."""
        return next((part.value for part in self.parts if part.kind == "like"), None)


@dataclass(slots=True)
class Reader:
    """Reads questions about one catalog.

    Attributes
    ----------
    entries : Entries
    lexicon : Lexicon
    names : mapping of str to int
        A title by its folded name, without its article; of several with one name the newest.
    """

    entries: Entries
    lexicon: Lexicon
    names: dict[str, int] = field(init=False, repr=False)
    near: Near = field(init=False, repr=False)
    words: Vocabulary = field(init=False, repr=False)

    def __post_init__(self) -> None:
        whole = self.entries.table["name"].slice(0, self.entries.n_titles).to_pylist()
        by_age = np.argsort(self.entries.years[: len(whole)], kind="stable").tolist()
        outdated = self.entries.outdated
        self.names = {
            without_article(name): place
            for place in by_age
            if not outdated[place]
            for name in whole[place].split("\n")
        }
        self.near, self.words = Near(self.lexicon), vocabulary()

    def read(
        self, words: Sequence[str], shown: NDArray[np.bool_], *, misspelt: bool = False
    ) -> Reading:
        """Return the parts of a question, the longest first found, and what is left.

        What no title has that may be shown is no part: it would tell that there is such a title.

        Parameters
        ----------
        words : sequence of str
            Folded.
        shown : bool (n_entries,)
        misspelt : bool
            Whether names of people and genres may be so.
        """
        parts: list[Part] = []
        rest: list[str] = []
        at = 0
        while at < len(words):
            found = self._part(words, at, misspelt=misspelt)
            if found is not None and shown[found[0].titles].any():
                part, at = found
                parts.append(part)
            else:
                rest.append(words[at])
                at += 1
        if not parts:
            return Reading(rest=tuple(words))
        return Reading(tuple(parts), tuple(word for word in rest if word not in self.words.between))

    def _part(self, words: Sequence[str], at: int, *, misspelt: bool) -> tuple[Part, int] | None:
        """Return the part that begins at a word, and the place behind it."""
        if (found := self._like(words, at) or self._years(words, at)) is not None:
            return found
        for end in range(min(len(words), at + LONGEST), at, -1):
            if (part := self._named(" ".join(words[at:end]))) is not None:
                return part, end
        if misspelt and words[at] not in self.words.between:
            return self._misspelt(words, at)
        return None

    def _misspelt(self, words: Sequence[str], at: int) -> tuple[Part, int] | None:
        for end in range(min(len(words), at + LONGEST), at, -1):
            text = " ".join(words[at:end])
            if (name := self.near.person(text)) is not None:
                return self._of("person", name), end
            if (name := self.near.genre(singular(text))) is not None:
                return self._of("genre", name), end
        return None

    def _of(self, kind: Literal["person", "genre"], key: str) -> Part:
        row = self.lexicon.numbers[kind][key]
        return Part(kind, self.lexicon.name(row), self.lexicon.titles(row))

    def _named(self, text: str) -> Part | None:
        if text in self.words.between:
            return None
        if self.lexicon.row("person", text) is not None:
            return self._of("person", text)
        for genre in self.words.genres_of(text):
            if self.lexicon.row("genre", genre) is not None:
                return self._of("genre", genre)
        if (kind := self.words.type_of(text)) is not None:
            types = self.entries.types[: self.entries.n_titles]
            held = np.flatnonzero(types == TYPES.index(kind))
            return Part("type", str(kind), held.astype(np.int32)) if len(held) else None
        if (code := self.words.language_of(text)) is not None:
            row = self.lexicon.row("language", code)
            return None if row is None else Part("language", code, self.lexicon.titles(row))
        return None

    def _like(self, words: Sequence[str], at: int) -> tuple[Part, int] | None:
        for phrase in self.words.like:
            if (start := _after(words, at, phrase)) is not None and start < len(words):
                name = without_article(" ".join(words[start:]))
                if (place := self.names.get(name, NONE)) != NONE:
                    title_id = self.entries.table["title_id"][place].as_py()
                    return Part("like", title_id, np.array([place], np.int32)), len(words)
        return None

    def _years(self, words: Sequence[str], at: int) -> tuple[Part, int] | None:
        for first, last, end in self._spans(words, at):
            years = self.entries.years[: self.entries.n_titles]
            held = np.flatnonzero((years >= first) & (years <= last) & (years != 0))
            value = str(first) if first == last else f"{first or ''}-{last if last < _EVER else ''}"
            return Part("years", value, held.astype(np.int32)), end
        return None

    def _spans(self, words: Sequence[str], at: int) -> Iterator[tuple[int, int, int]]:
        """Give what may be meant as first and last year, and the place behind it, the surest first."""
        for phrase in self.words.before:
            if (start := _after(words, at, phrase)) is not None and (year := _span(words, start)):
                yield 0, year[0] - 1, start + 1
        for phrase in self.words.after:
            if (start := _after(words, at, phrase)) is not None and (year := _span(words, start)):
                yield year[0] if phrase == "since" else year[1] + 1, _EVER, start + 1
        if (one := self._decade(words, at) or _span(words, at)) is not None:
            if at + 2 < len(words) and words[at + 1] in self.words.span:
                other = self._decade(words, at + 2) or _span(words, at + 2)
                if other is not None and other[1] >= one[0]:
                    yield one[0], other[1], at + 3
            if at + 1 < len(words) and len(words[at]) == 4 and words[at].isdecimal():
                other = _span(words, at + 1)
                if other is not None and other[0] > one[0]:
                    yield one[0], other[1], at + 2
            yield *one, at + 1

    def _decade(self, words: Sequence[str], at: int) -> tuple[int, int] | None:
        first = self.words.decades.get(words[at])
        return None if first is None else (first, first + 9)


_EVER: Final = 9999
_YEAR: Final = re.compile(r"(1[89]|20)\d\d")
_DECADE: Final = re.compile(r"((?:1[89]|20)?)(\d)0s")


def _after(words: Sequence[str], at: int, phrase: str) -> int | None:
    """Return the place behind a phrase that begins at a word."""
    parts = phrase.split()
    return at + len(parts) if list(words[at : at + len(parts)]) == parts else None


def _span(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Return the first and the last year that a word of digits names, such as 1994, 1990s or 90s."""
    if at >= len(words):
        return None
    if _YEAR.fullmatch(words[at]):
        return int(words[at]), int(words[at])
    if (decade := _DECADE.fullmatch(words[at])) is not None:
        # Without its century a decade is the latest one of that number that lies behind.
        century = decade[1] or ("20" if decade[2] in "012" else "19")
        first = int(f"{century}{decade[2]}0")
        return first, first + 9
    return None

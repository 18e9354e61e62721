"""What words of a question mean, as ``words.toml`` declares it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from recsys.schema import TitleType
from recsys.tomlfile import read_toml

DECLARED: Final = Path(__file__).with_name("words.toml")


class Vocabulary(BaseModel):
    """Declared meanings; every word folded.

    Attributes
    ----------
    between : frozenset of str
        Words that are looked past where something else is understood.
    like, before, after, span : tuple of str
        What stands before a title that others are to be like; before a year that is an end, or a beginning;
        between two years.
    types : mapping
        The words for each type of title.
    genres : mapping
        The genres that each word stands for.
    decades : mapping
        The first year of each.
    languages : mapping
        The words for each language, by ISO 639-1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    between: frozenset[str]
    like: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    span: tuple[str, ...]
    types: dict[TitleType, tuple[str, ...]]
    genres: dict[str, tuple[str, ...]]
    decades: dict[str, int]
    languages: dict[str, tuple[str, ...]]

    def type_of(self, word: str) -> TitleType | None:
        """Return the type of title that a word names."""
        names = {word, singular(word)}
        return next((kind for kind, known in self.types.items() if names & set(known)), None)

    def language_of(self, word: str) -> str | None:
        """Return the language that a word names."""
        return next((code for code, known in self.languages.items() if word in known), None)

    def genres_of(self, word: str) -> tuple[str, ...]:
        """Return the folded names of the genres that a word may stand for, its own first."""
        one = singular(word)
        others = self.genres.get(word) or self.genres.get(one) or ()
        return tuple(dict.fromkeys((word, one, plural(one), *others)))


@cache
def vocabulary() -> Vocabulary:
    """Return what is declared.

    Raises
    ------
    ConfigError
        If the file is not what it should be.
    """
    return read_toml(DECLARED, Vocabulary, "words of questions")


def singular(word: str) -> str:
    """Return an English plural's singular, or the word.

    Examples
    --------
    >>> singular("comedies"), singular("westerns"), singular("mystery"), singular("series")
    ('comedy', 'western', 'mystery', 'series')
    """
    if word.endswith("ies") and len(word) > 4 and word not in {"series", "movies"}:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "series")) and len(word) > 3:
        return word[:-1]
    return word


def plural(word: str) -> str:
    """Return an English word's plural."""
    return word[:-1] + "ies" if word.endswith("y") else word + "s"

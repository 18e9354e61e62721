"""What a page says in one language: of rows, of reasons, of genres."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recsys.languages import ENGLISH, LANGUAGE
from recsys.page import english
from recsys.tomlfile import read_toml

FOLDER: Final = "words"
"""Beside ``rows.toml``: a file a language, named by its tag."""

Text = Annotated[str, Field(min_length=1)]
Texts = dict[str, Text]


class Words(BaseModel):
    """One language, as its file in ``models/words/`` declares it.

    Attributes
    ----------
    language : str
        The file's name.
    rows, reasons, sources, sentences : dict of str to str
        Those of ``english``, with the same gaps to be filled.
    months : tuple of str
        From January on, as a date has them.
    genres : dict of str to str
        What the catalog calls genres, and how they are shown; one that is not here is shown as it is called.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Annotated[str, Field(pattern=LANGUAGE)]
    rows: Texts
    reasons: Texts
    sources: Texts
    sentences: Texts
    months: Annotated[tuple[Text, ...], Field(min_length=12, max_length=12)]
    genres: Texts = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for part, usual in _ENGLISH.items():
            own: Texts = getattr(self, part)
            if odd := sorted(own.keys() ^ usual.keys()):
                lacks = "no" if odd[0] in usual else "an unknown"
                raise ValueError(f"the words of English in {part}, got {lacks} {odd[0]}")
            for key, text in own.items():
                if _gaps(text) != (wanted := _gaps(usual[key])):
                    gaps = ", ".join(sorted(wanted)) or "none"
                    raise ValueError(f"the gaps {gaps} in {part}.{key}, got {text}")
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read one language.

        Raises
        ------
        ConfigError
            If the file is unreadable, is not named by a language, or lacks a word that English has.
        """
        return read_toml(path, cls, "a file of words", language=path.stem)

    def of_source(self, source: str) -> str:
        """Return what a title's source means to a viewer."""
        return self.sources.get(source, self._other)

    @cached_property
    def _other(self) -> str:
        return self.sources["other"]

    def genre(self, name: str) -> str:
        """Return how a genre of the catalog is shown."""
        return self.genres.get(name, name)

    def micro_genre(self, name: str) -> str:
        """Return how a micro-genre is shown: its genre in this language, what it is about as the catalog says it.

        Examples
        --------
        >>> ENGLISH_WORDS.micro_genre("Crime: harbour and café")
        'Crime: harbour and café'
        """
        genre, colon, about = name.partition(": ")
        if not colon:
            return name
        one, both, other = about.partition(" and ")
        return f"{self.genre(genre)}: {self.both(one, other) if both else one}"

    def both(self, one: str, other: str) -> str:
        """Return two things as one."""
        return self.sentences["and"].format(one=one, other=other)

    def top_picks(self, n_watched: int) -> str:
        """Return why the picks are what they are."""
        if n_watched > 1:
            return self.reasons["top-picks"].format(n=n_watched)
        return self.reasons["top-picks-of-one"]

    def of_genre(self, shown: str, share: float) -> str:
        """Return why a genre has a row; ``share`` is its part of what the viewer watched, in [0, 1].

        Examples
        --------
        >>> ENGLISH_WORDS.of_genre("Drama", 0.42), ENGLISH_WORDS.of_genre("Drama", 0.0)
        ('Drama is 42 % of what you watch', 'The most watched of Drama')
        """
        if not share:
            return self.reasons["genre-of-many"].format(name=shown)
        return self.reasons["genre"].format(name=shown, share=f"{share:.0%}".replace("%", " %"))

    def trending(self, region: str) -> str:
        """Return whose watching makes a trend; "" is nobody's region."""
        return self.reasons["trending-in-region" if region else "trending"]


_ENGLISH: Final[Mapping[str, Mapping[str, str]]] = {
    "rows": english.ROWS,
    "reasons": english.REASONS,
    "sources": english.SOURCES,
    "sentences": english.SENTENCES,
}


def _gaps(text: str) -> set[str]:
    """Return the names between braces, as they stand: a gap that asks for anything but a name is another."""
    return {
        f"{name}{'!' if how else ''}{form}"
        for _, name, form, how in string.Formatter().parse(text)
        if name is not None
    }


ENGLISH_WORDS: Final = Words(language=ENGLISH, months=english.MONTHS, **_ENGLISH)


def files_of(folder: Path) -> list[Path]:
    """Return the files of words of a folder."""
    return sorted(folder.glob("*.toml"))


def read_words(folder: Path) -> dict[str, Words]:
    """Return all languages that a folder declares, by their tags; English is always there.

    Raises
    ------
    ConfigError
        If a file is not what it must be.
    """
    return {ENGLISH: ENGLISH_WORDS} | {path.stem: Words.read(path) for path in files_of(folder)}

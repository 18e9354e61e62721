"""What a page may be, as ``models/rows.toml`` declares it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recsys.languages import ENGLISH, LANGUAGE, spoken
from recsys.page.examination import Examination
from recsys.page.explore import Exploration
from recsys.page.fatigue import Fatigue
from recsys.page.kinds.catalog import Kids, LeavingSoon, New, Trending
from recsys.page.kinds.editorial import Editorial
from recsys.page.kinds.kind import Kind
from recsys.page.kinds.micro import MicroGenre
from recsys.page.kinds.own import ContinueWatching, MyList, WatchAgain
from recsys.page.kinds.picked import Because, Genre, HiddenGems, TopPicks
from recsys.page.material import Appeal
from recsys.page.rules import Boost, Cap, Promotion
from recsys.page.speech import Speech
from recsys.page.words import ENGLISH_WORDS, FOLDER, Words, read_words
from recsys.tomlfile import read_toml

AnyKind = Annotated[
    ContinueWatching
    | MyList
    | WatchAgain
    | TopPicks
    | Because
    | HiddenGems
    | Genre
    | MicroGenre
    | Trending
    | Kids
    | New
    | LeavingSoon
    | Editorial,
    Field(discriminator="kind"),
]


class Layout(BaseModel):
    """The measures of a page, and what its dials stand at.

    Attributes
    ----------
    rows, titles : int
        Most rows, and most titles in a row.
    shortest : int
        A row that has fewer titles left is not shown.
    calibration : float
        What it counts that the page has the genres of the history in their shares, in [0, 1); the rest is
        what expected engagement counts.
    diversity : float
        What it counts within a row that a title is unlike those before it, in [0, 1).
    examination : Examination
    appeal : Appeal
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(ge=1, le=100)
    titles: int = Field(ge=1, le=100)
    shortest: int = Field(ge=1, le=100)
    calibration: float = Field(ge=0, lt=1)
    diversity: float = Field(ge=0, lt=1)
    examination: Examination
    appeal: Appeal


class Policy(BaseModel):
    """Which rows a page may have, how they are chosen, and the rules that touch its titles.

    Attributes
    ----------
    page : Layout
    rows : tuple of Kind
    boosts, promotions, caps : tuple
    exploration : Exploration
    fatigue : Fatigue, optional
    language : str
        Of the catalog's own names.
    words : dict of str to Words
        By language, what pages say; not in the file itself but beside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: Layout
    rows: tuple[AnyKind, ...] = Field(min_length=1)
    boosts: tuple[Boost, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    caps: tuple[Cap, ...] = ()
    exploration: Exploration = Exploration(share=0)
    fatigue: Fatigue | None = None
    language: Annotated[str, Field(pattern=LANGUAGE)] = ENGLISH
    words: dict[str, Words] = Field(default_factory=lambda: {ENGLISH: ENGLISH_WORDS})

    @model_validator(mode="after")
    def _consistent(self) -> Policy:
        if (least := sum(kind.least for kind in self.rows)) > self.page.rows:
            raise ValueError(f"at most {self.page.rows} rows that a page must have, got {least}")
        for kind in self.rows:
            if kind.least > kind.most:
                raise ValueError(f"least <= most of {kind.kind}, got {kind.least} > {kind.most}")
        names = [kind.key for kind in self.rows]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"each kind, and each editorial row, once, got {twice} again")
        return self

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The entries by their key."""
        return {kind.key: kind for kind in self.rows}

    def speech(self, wanted: Sequence[str], translated: AbstractSet[str] = frozenset()) -> Speech:
        """Return what to say things with to one who wants languages.

        Parameters
        ----------
        wanted : sequence of str
            Tags with the wider ones of each, the most wanted first; see ``languages.wanted``.
        translated : set of str
            Languages in which some titles have a name.
        """
        if not wanted:
            return self._original
        tags = spoken(wanted, self._languages | translated, self.language)
        words = next((self.words[tag] for tag in tags if tag in self.words), self._original.words)
        return Speech(words, tags, self.language)

    @cached_property
    def _original(self) -> Speech:
        return Speech(self.words.get(self.language, ENGLISH_WORDS), (), self.language)

    @cached_property
    def _languages(self) -> AbstractSet[str]:
        """Those of the words, and those in which editors named a row."""
        edited = [kind for kind in self.rows if isinstance(kind, Editorial)]
        return {*self.words, *(tag for kind in edited for tag in (*kind.names, *kind.reasons))}

    def with_page(self, **changes: object) -> Policy:
        """Return the policy with other measures or dials of the page."""
        return self.model_copy(update={"page": self.page.model_copy(update=changes)})

    def shortest(self, kind: str) -> int:
        """Return how many titles a row of an entry has at least."""
        own = self.kinds[kind].shortest
        return self.page.shortest if own is None else min(own, self.page.shortest)

    def width(self, n_titles: int) -> int:
        """Return the most titles in a row where so many may stand on the page.

        Where they are few, the rows are short rather than few: those that a page must have find titles, and
        two more.
        """
        rows = sum(kind.least for kind in self.rows) + 2
        return max(self.page.shortest, min(self.page.titles, n_titles // rows))

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Read a policy, and the words of its pages from the folder beside it.

        Raises
        ------
        ConfigError
            If the file is missing, not TOML, or has a field that is unknown or wrong; or a file of words is.
        """
        return read_toml(path, cls, "a file of rows", words=read_words(path.parent / FOLDER))

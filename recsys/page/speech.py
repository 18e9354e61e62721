"""In which language a page speaks to its viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from recsys.languages import ENGLISH
from recsys.page.words import ENGLISH_WORDS, Words


@dataclass(frozen=True, slots=True)
class Speech:
    """What a page says things with.

    Attributes
    ----------
    words : Words
    tags : tuple of str
        In which languages names are looked for, the most wanted first; where they have none they stay as they are.
    original : str
        The language of names as they are.
    """

    words: Words
    tags: tuple[str, ...] = ()
    original: str = ENGLISH

    @property
    def language(self) -> str:
        """For whom it is, as ``Content-Language`` says it: first the language of names, then that of the words."""
        names = self.tags[:1] or (self.original,)
        return ", ".join(dict.fromkeys([*names, self.words.language]))

    def of(self, said: Mapping[str, str], otherwise: str) -> str:
        """Return what is said in several languages in the most wanted of them."""
        return next((said[tag] for tag in self.tags if tag in said), otherwise)


IN_ENGLISH: Final = Speech(ENGLISH_WORDS)

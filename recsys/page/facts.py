"""What the rows of a page ask of the catalog, read off it once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.page.genres import Genres
from recsys.page.microgenres import MicroGenres
from recsys.page.moments import Moments
from recsys.page.resuming import Resuming
from recsys.ranking.filters.fields import WORDS, Fields, texts
from recsys.ranking.rights import Rights
from recsys.titles import Titles
from recsys.translations import Translations


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of every title.

    Attributes
    ----------
    titles : Titles
    names : list of str
    genres : Genres
    debuts, until : Moments
        When each title came and when it goes.
    ages : int64 (n_titles,)
        The youngest age, in years, for which each is meant.
    fields : Fields
        What filters may speak of.
    micro : MicroGenres
    translations : Translations
        Of the names.
    resuming : Resuming, optional
        What was learned of going on with what was begun.
    """

    titles: Titles
    names: list[str]
    genres: Genres
    debuts: Moments
    until: Moments
    ages: NDArray[np.int64]
    fields: Fields
    micro: MicroGenres
    translations: Translations
    resuming: Resuming | None = None

    @classmethod
    def of(
        cls,
        titles: Titles,
        micro: MicroGenres | None = None,
        resuming: Resuming | None = None,
    ) -> Self:
        """Read them off a catalog; micro-genres and what is learned of going on come with a bundle."""
        table = titles.table
        return cls(
            titles=titles,
            names=table["name"].to_pylist(),
            genres=Genres.of(titles),
            debuts=Moments.of(titles.debuts()),
            until=Moments.of(table["available_until"].cast(pa.timestamp("us")).to_numpy()),
            ages=Rights.of(titles).ages,
            fields=Fields.of(titles),
            micro=MicroGenres.none(len(titles)) if micro is None else micro,
            translations=Translations.of(table),
            resuming=resuming,
        )

    def name(self, title: int, tags: Iterable[str] = ()) -> str:
        """Return the name of a title, in the first of some languages that it has one in."""
        return self.translations.name(title, tags, self.names[title])

    def internal(self, title_ids: Iterable[str]) -> InternalIds:
        """Return the internal ids of titles, without those that the catalog does not hold."""
        found = self.titles.ids.internal(title_ids)
        return found[found >= 0]

    def words_of(self, field: str, ids: InternalIds) -> list[frozenset[str]]:
        """Return the words that each of some titles has in a field of words."""
        rows = self.titles.table.select([WORDS[field]]).take(pa.array(ids))
        return [frozenset(words or ()) for words in texts(rows, field).to_pylist()]

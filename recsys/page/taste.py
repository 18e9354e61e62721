"""A taste in words: the genres, people and keywords of what was watched, and the titles behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.page.edits import FIELDS, Edit, Kind, Wish, holders
from recsys.ranking.filters.fields import Fields, texts
from recsys.titles import Titles

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST_WORDS: Final = 10
"""Words of a kind that are told, besides those that were edited."""
MOST_TITLES: Final = 3
"""Titles that are told behind each."""


@dataclass(frozen=True, slots=True)
class Word:
    """A genre, a person or a keyword of a taste.

    Attributes
    ----------
    kind, value : str
    weight : float
        Share of the history's weight that lies on titles of it, in [0, 1].
    wish : str or None
        What was said of it.
    titles : tuple of int
        The watched titles behind it that weigh most, internal ids.
    """

    kind: Kind
    value: str
    weight: float
    wish: Wish | None
    titles: tuple[int, ...]


@dataclass(slots=True)
class _Found:
    value: str
    weight: float = 0.0
    titles: list[tuple[float, int]] = field(default_factory=list)


def taste(
    titles: Titles,
    fields: Fields,
    history: Histories,
    edits: Sequence[Edit],
    shown: NDArray[np.bool_],
) -> list[Word]:
    r"""Return the words of a taste, by kind, those that were edited first, then the most characteristic.

    A word with share :math:`s` of the history's weight and share :math:`c` of the catalog is ordered by
    :math:`s \sqrt{s / c}`, so that what everybody watches does not always come first. A word stands here if
    a title that may be shown is behind it, or if it was edited.

    Parameters
    ----------
    titles : Titles
    fields : Fields
        Of the same titles.
    history : Histories
        Of one viewer, as the models are given it.
    edits : sequence of Edit
    shown : bool (n_titles,)
        Which titles may be named.
    """
    known = history.known()
    total = max(float(known.weights.sum()), 1e-12)
    words: list[Word] = []
    for kind in KINDS:
        found = _found(titles, known, kind)
        mine = {edit.value.casefold(): edit for edit in edits if edit.kind == kind}
        for key, edit in mine.items():
            found.setdefault(key, _Found(edit.value))
        told = [
            _word(kind, one, total, mine.get(key), shown)
            for key, one in found.items()
            if key in mine or one.weight > 0
        ]
        words += _chosen([one for one in told if one.titles or one.wish], fields)
    return words


def spelling(titles: Titles, fields: Fields, kind: Kind, value: str) -> str | None:
    """Return a word as the catalog writes it, or None if no title has it."""
    rows = holders(fields, kind, value)[:1]
    for words in _words(titles, rows.astype(np.int32), kind):
        return next(word for word in words if word.casefold() == value.casefold())
    return None


def _found(titles: Titles, known: Histories, kind: Kind) -> dict[str, _Found]:
    """Return what lies behind each word, by the word in small letters."""
    found: dict[str, _Found] = {}
    entries = zip(known.titles, known.weights, _words(titles, known.titles, kind), strict=True)
    for title, weight, words in entries:
        for key, word in {word.casefold(): word for word in words}.items():
            one = found.setdefault(key, _Found(word))
            one.weight += float(weight)
            one.titles.append((float(weight), int(title)))
    return found


def _words(titles: Titles, rows: InternalIds, kind: Kind) -> list[list[str]]:
    """Return the words of each of some titles, in the order of the catalog's fields."""
    some = titles.table.take(rows)
    of_fields = [texts(some, field).to_pylist() for field in FIELDS[kind]]
    return [
        [word for words in lists for word in words or () if word]
        for lists in zip(*of_fields, strict=True)
    ]


def _word(
    kind: Kind, found: _Found, total: float, edit: Edit | None, shown: NDArray[np.bool_]
) -> Word:
    best = sorted(found.titles, key=lambda one: (-one[0], one[1]))
    behind = tuple(title for _, title in best if shown[title])[:MOST_TITLES]
    share = min(found.weight / total, 1.0)
    return Word(kind, found.value, share, edit.wish if edit else None, behind)


def _chosen(words: list[Word], fields: Fields) -> list[Word]:
    def character(word: Word) -> tuple[float, str]:
        usual = max(len(holders(fields, word.kind, word.value)), 1) / fields.n_titles
        return -word.weight * np.sqrt(word.weight / usual), word.value

    ordered = sorted(words, key=character)
    own = [word for word in ordered if word.wish]
    return own + [word for word in ordered if not word.wish][:MOST_WORDS]

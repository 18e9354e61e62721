"""What somebody said of genres, people and keywords, and what it does to a history and to an order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Histories
from recsys.ranking.filters.fields import Fields

Kind = Literal["genre", "person", "keyword"]
Wish = Literal["more", "less", "never"]

FIELDS: Final[dict[Kind, tuple[str, ...]]] = {
    "genre": ("genre",),
    "person": ("actor", "director"),
    "keyword": ("keyword",),
}
"""Each kind, with the fields of titles that hold its words."""

EVIDENCE: Final = 2.0
"""By which *more* multiplies, and *less* divides, what a watched title weighs."""

HEIGHT: Final = 1.2
"""By which they do the same to the height of a title in an order."""

MOST_STEPS: Final = 2
"""A title of many words that are wanted more or less counts as of two."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A wish about one word, such as more of the genre Drama."""

    kind: Kind
    value: str
    wish: Wish


def holders(fields: Fields, kind: Kind, value: str) -> NDArray[np.int64]:
    """Return the internal ids of the titles that have a word, whatever its case, each once."""
    return np.unique(np.concatenate([fields.having(field, value) for field in FIELDS[kind]]))


def barred(edits: Iterable[Edit], fields: Fields) -> NDArray[np.bool_]:
    """Return the titles of which somebody wants none, bool (n_titles,)."""
    mask = np.zeros(fields.n_titles, bool)
    for edit in edits:
        if edit.wish == "never":
            mask[holders(fields, edit.kind, edit.value)] = True
    return mask


def factors(edits: Iterable[Edit], fields: Fields) -> NDArray[np.float32]:
    """Return by what each title's height in an order is multiplied, float32 (n_titles,)."""
    return (HEIGHT ** _steps(edits, fields)).astype(np.float32)


def enough(edits: Iterable[Edit], fields: Fields) -> tuple[NDArray[np.bool_], ...]:
    """Return of which titles a list is to hold enough, each bool (n_titles,).

    Of all that is not wanted less, and of what is wanted more.
    """
    steps = _steps(edits, fields)
    return (
        *([steps >= 0] if (steps < 0).any() else []),
        *([steps > 0] if (steps > 0).any() else []),
    )


def edited(history: Histories, edits: Iterable[Edit], fields: Fields) -> Histories:
    """Return a history in which what is wanted more weighs more, and what is wanted never weighs nothing."""
    given = tuple(edits)
    evidence = np.where(barred(given, fields), 0, EVIDENCE ** _steps(given, fields))
    # Of what the catalog does not hold nothing is known, and models ignore it.
    by_entry = np.where(history.titles < 0, 1, evidence[history.titles])
    return replace(history, weights=(history.weights * by_entry).astype(np.float32))


def _steps(edits: Iterable[Edit], fields: Fields) -> NDArray[np.float64]:
    """Return how many steps up each title goes, down below 0."""
    steps = np.zeros(fields.n_titles)
    for edit in edits:
        if edit.wish != "never":
            steps[holders(fields, edit.kind, edit.value)] += 1 if edit.wish == "more" else -1
    return steps.clip(-MOST_STEPS, MOST_STEPS)

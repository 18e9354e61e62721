"""What an attacker knows of a target beforehand: some titles with dates, of which some are wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import InternalIds
from recsys.interactions import Histories

Which = Literal["any", "rare", "row"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How much is known of every target.

    Attributes
    ----------
    titles : int
    wrong : int
        Of them, titles that the target has not watched.
    days : float
        By which a date may be wrong at most, either way.
    which : str
        ``any`` of the target's titles, those that fewest watch (``rare``), or so many watched one after another (``row``).
    """

    titles: int = 8
    wrong: int = 0
    days: float = 14.0
    which: Which = "any"

    def __post_init__(self) -> None:
        if not 0 <= self.wrong < self.titles:
            raise InputError(expected=f"from 0 to {self.titles - 1}", got=self.wrong, where="wrong")

    def __str__(self) -> str:
        wrong = f", {self.wrong} of them wrong" if self.wrong else ""
        dates = f"dates ± {self.days:g} days" if self.days else "exact dates"
        kind = {"any": "", "rare": " rare", "row": ""}[self.which]
        row = " watched in a row" if self.which == "row" else ""
        return f"{self.titles}{kind} titles{row}{wrong}, {dates}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one target.

    Attributes
    ----------
    titles : int32 (n,)
    days : float64 (n,)
        Since 1970; within the given error.
    """

    titles: InternalIds
    days: NDArray[np.float64]


def known_of(
    histories: Histories,
    target: int,
    knowledge: Knowledge,
    popularity: NDArray[np.int64],
    rng: np.random.Generator,
) -> Known:
    """Draw what is known of one viewer.

    Parameters
    ----------
    histories : Histories
        The truth.
    target : int
        A row of it, with at least as many titles as are known rightly.
    knowledge : Knowledge
    popularity : int64 (n_titles,)
        By which rare titles are told, and wrong ones drawn: what many watch is likeliest to be mistaken.
    rng : numpy.random.Generator
    """
    rows = np.arange(histories.offsets[target], histories.offsets[target + 1])
    right = _right(rows, histories.titles, knowledge, popularity, rng)
    days = histories.occurred_at.astype("datetime64[h]").astype(np.int64)[rows] / 24
    others = popularity + 1.0
    others[histories.titles[rows]] = 0
    wrong = rng.choice(histories.n_titles, knowledge.wrong, replace=False, p=others / others.sum())
    told = np.concatenate([days[right - rows[0]], rng.choice(days, knowledge.wrong)])
    error = rng.uniform(-knowledge.days, knowledge.days, len(told))
    titles = np.concatenate([histories.titles[right], wrong]).astype(np.int32)
    return Known(titles, told + error)


def _right(
    rows: NDArray[np.int64],
    titles: InternalIds,
    knowledge: Knowledge,
    popularity: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    count = knowledge.titles - knowledge.wrong
    if knowledge.which == "row":
        start = rng.integers(len(rows) - count + 1)
        return rows[start : start + count]
    if knowledge.which == "rare":
        return rows[np.argsort(popularity[titles[rows]], kind="stable")[:count]]
    return rng.choice(rows, count, replace=False)

"""What people decide about titles: boosts and buries, promotions, caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from recsys.ids import InternalIds
from recsys.page.chosen import Chosen
from recsys.page.fatigue import Fatigue
from recsys.page.material import Material
from recsys.page.ranked import Row

OWN: Final = ("begun", "listed", "finished", "editorial")
"""Sources of rows that hold what their name says and no more."""


class Boost(Chosen):
    """Some titles count for more than they appeal, or for less.

    Attributes
    ----------
    factor : float
        More than 1 boosts, less than 1 buries.
    """

    factor: float = Field(gt=0, le=1000)


class Promotion(Chosen):
    """Some titles get a share of the places in rows that recommend, and say so.

    Attributes
    ----------
    name : str
    share : float
        Of the places of each such row, at most; in (0, 0.5].
    """

    name: str = Field(min_length=1)
    share: float = Field(gt=0, le=0.5)


class Cap(BaseModel):
    """No more than so many titles with the same word within so many places of a row.

    Attributes
    ----------
    field : str
        ``genre``, ``keyword``, ``actor``, ``director``, ``language`` or ``type``.
    most : int
    within : int
        Consecutive places.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: Annotated[str, Field(pattern="^(genre|keyword|actor|director|language|type)$")]
    most: int = Field(ge=1)
    within: int = Field(ge=2)


@dataclass(frozen=True, slots=True)
class Weights:
    """What the appeal of titles is multiplied by, float32 (n_titles,); ``None`` is 1.

    Attributes
    ----------
    boosts : float32 (n_titles,), optional
    fatigue : float32 (n_titles,), optional
    """

    boosts: NDArray[np.float32] | None
    fatigue: NDArray[np.float32] | None

    @classmethod
    def of(cls, boosts: Iterable[Boost], fatigue: Fatigue | None, material: Material) -> Self:
        """Return what holds for one page."""
        every: NDArray[np.float32] | None = None
        for boost in boosts:
            if boost.holds(material.context):
                every = np.ones(len(material.appeal), np.float32) if every is None else every
                every[boost.among(material.facts)] *= boost.factor
        if fatigue is None or material.shown is None:
            return cls(every, None)
        return cls(every, fatigue.factors(material.shown))

    def on(self, row: Row) -> NDArray[np.float32] | None:
        """Return what holds in a row: of what is the viewer's own, or the editors', nobody tires."""
        if self.fatigue is None or row.source in OWN:
            return self.boosts
        return self.fatigue if self.boosts is None else self.fatigue * self.boosts


def promoted(promotion: Promotion, material: Material) -> InternalIds:
    """Return the titles of a promotion that may be shown here and now, the most appealing first."""
    if not promotion.holds(material.context):
        return np.empty(0, np.int32)
    (ids,) = np.nonzero(promotion.among(material.facts) & material.fresh)
    return ids[np.argsort(-material.appeal[ids], kind="stable")].astype(np.int32)


def places(share: float, n: int, ahead: float = 0.0) -> list[int]:
    """Return which of ``n`` places a share of them takes: never the first, and evenly spread.

    Parameters
    ----------
    share : float
        In [0, 0.5].
    n : int
    ahead : float
        By how much of the distance between two they come earlier, in [0, 1).

    Examples
    --------
    >>> places(0.25, 8), places(0.1, 8), places(0.25, 8, ahead=0.5)
    ([3, 7], [], [1, 5])
    """
    taken = [int(at * share + ahead) for at in range(n + 1)]
    return [at for at in range(1, n) if taken[at + 1] > taken[at]]


def fits(words: frozenset[str], before: Sequence[frozenset[str]], cap: Cap) -> bool:
    """Return whether a title may follow those that stand in its row already, by the words of each."""
    window = before[-(cap.within - 1) :]
    counts = Counter(word for one in window for word in one)
    return all(counts[word] < cap.most for word in words)

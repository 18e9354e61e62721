"""A declared part of the places for titles of which little is known, drawn by chance and with known odds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from recsys.ids import InternalIds
from recsys.page.material import Material


class Exploration(BaseModel):
    """How much a page explores.

    A title graduates with evidence: once it is watched as much as ``known`` of the catalog's titles are, it
    stands where the models put it and no longer where chance does.

    Attributes
    ----------
    share : float
        Of the places of rows that recommend, in [0, 0.2].
    known : float
        A title is unknown while it is less watched than this share of all titles, in (0, 1).
    days : float
        And while it came no longer ago.
    pool : int
        Most unknown titles among which is drawn, the most appealing.
    warmth : float
        0 draws among them evenly, 1 by their appeal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float = Field(ge=0, le=0.2)
    known: float = Field(default=0.5, gt=0, lt=1)
    days: float = Field(default=60, gt=0)
    pool: int = Field(default=50, ge=1)
    warmth: float = Field(default=1.0, ge=0, le=10)


@dataclass(slots=True)
class Draw:
    """Draws unknown titles, one after the other and without repeating any.

    Attributes
    ----------
    ids : int32 (n,)
    odds : float64 (n,)
        Unnormalised chance of each; 0 once it was drawn.
    random : numpy.random.Generator
    """

    ids: InternalIds
    odds: NDArray[np.float64]
    random: np.random.Generator

    @classmethod
    def of(cls, exploration: Exploration, material: Material, seed: int) -> Draw:
        """Begin to draw for one page; the same seed draws the same."""
        ids = unknown(exploration, material)
        appeal = material.appeal[ids].astype(np.float64)
        return cls(ids, appeal**exploration.warmth, np.random.default_rng(seed))

    def next(self, may: Callable[[int], bool]) -> tuple[int, float] | None:
        """Return a title that may be shown and the chance with which it was drawn, or None if none is left."""
        odds = np.where([may(title) for title in self.ids.tolist()], self.odds, 0.0)
        if not len(odds) or not (total := odds.sum()):
            return None
        at = int(self.random.choice(len(odds), p=odds / total))
        self.odds[at] = 0
        return int(self.ids[at]), float(odds[at] / total)


def unknown(exploration: Exploration, material: Material) -> InternalIds:
    """Return the titles that are new and little watched, the most appealing first, at most ``pool``."""
    now, span = material.now, np.timedelta64(round(exploration.days * 86_400e6), "us")
    ids = material.facts.debuts.between(now - span, now)
    ids = ids[material.fresh[ids]]
    if not len(ids):
        return ids
    usual = np.quantile(material.popularity, exploration.known)
    # In most catalogs more than half of the titles are hardly watched, and none is watched less than nothing.
    watched = material.popularity[ids]
    ids = ids[(watched == 0) | (watched < usual)]
    order = np.argsort(-material.appeal[ids], kind="stable")
    return ids[order][: exploration.pool]

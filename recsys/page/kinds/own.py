"""Rows of the viewer's own titles: begun, listed, finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.ids import InternalIds
from recsys.page import reasons
from recsys.page.kinds.kind import Kind
from recsys.page.material import Material
from recsys.page.ranked import Ranked, Row


class ContinueWatching(Kind):
    r"""What was begun, with where to go on; a series once, with its next episode.

    Going on competes with discovering: what was left :math:`d` days before the viewer last watched anything is
    gone on with with probability :math:`p_0 2^{-d / h}`, so that the row stands first after an evening broken off,
    and far down once other things were watched for weeks. Days without watching do not count: who was away goes on
    where they were.

    Attributes
    ----------
    first : float
        :math:`p_0`.
    half_life_days : float
        :math:`h`.
    abandoned_days : float
        After so many days of watching other things the viewer is taken not to want it.
    """

    kind: Literal["continue-watching"]
    first: float = Field(default=0.5, gt=0, le=1)
    half_life_days: float = Field(default=7, gt=0)
    abandoned_days: float = Field(default=60, gt=0)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row, the likeliest to be gone on with first."""
        begun = [one for one in material.own.begun if material.allowed[one.title]]
        moments = np.array([one.last_at for one in begun], "datetime64[us]")
        days = material.days_behind(moments)
        order = np.argsort(days, kind="stable")
        order = order[days[order] <= self.abandoned_days]
        chance = (self.first * 0.5 ** (days[order] / self.half_life_days)).astype(np.float32)
        ids = np.array([begun[at].title for at in order], np.int32)
        yield Row(
            self.kind,
            self.kind,
            "Continue watching",
            reasons.CONTINUE,
            "begun",
            Ranked.of(ids, chance, "begun"),
            appeal=chance,
            in_order=True,
            begun={begun[at].title: begun[at] for at in order},
        )


class MyList(Kind):
    """What is on the watchlist, the most appealing first."""

    kind: Literal["my-list"]

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row."""
        listed = _appealing(material.own.listed, material)
        titles = Ranked.of(listed, material.appeal[listed], "listed")
        yield Row(self.kind, self.kind, "My list", reasons.LISTED, "listed", titles, in_order=True)


class WatchAgain(Kind):
    """What was watched to the end and liked no less than usual, some time ago.

    Attributes
    ----------
    rest_days : float
        How long ago.
    """

    kind: Literal["watch-again"]
    rest_days: float = Field(default=30, ge=0)

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row, the best liked first."""
        own, history = material.own, material.history
        rested = own.finished[material.days_since(own.finished_at) >= self.rest_days]
        weights = np.zeros(len(material.allowed), np.float32)
        weights[history.titles] = history.weights
        usual = history.weights.mean() if len(history.weights) else 0
        liked = rested[(weights[rested] >= usual) & material.allowed[rested]]
        liked = liked[np.argsort(-weights[liked], kind="stable")]
        titles = Ranked.of(liked, weights[liked], "finished")
        yield Row(self.kind, self.kind, "Watch again", reasons.AGAIN, "finished", titles)


def _appealing(ids: InternalIds, material: Material) -> NDArray[np.int32]:
    shown = ids[material.allowed[ids]]
    return shown[np.argsort(-material.appeal[shown], kind="stable")]

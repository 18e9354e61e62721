"""Rows of the viewer's own titles: begun, listed, finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recsys.ids import InternalIds
from recsys.page.kinds.kind import Kind
from recsys.page.material import Material
from recsys.page.own import Begun
from recsys.page.ranked import Ranked, Row
from recsys.page.resuming import columns


class ContinueWatching(Kind):
    r"""What was begun, with where to go on; a series once, with its next episode.

    Going on competes with discovering, for which the rest of the page is made: a title counts by the odds of going
    on with it against discovering, as a model says that was fitted to how sittings began (``Resuming``). So the row
    stands first where a viewer is likelier to go on than to choose from the best other row, and the lower the
    less likely it is.

    Without a model, what was left :math:`d` days before the viewer last watched anything is gone on with with
    probability :math:`p_0 2^{-d / h}`: far down once other things were watched for weeks. Days without watching do
    not count: who was away goes on where they were.

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
        begun = [one for one, left in zip(begun, days, strict=True) if left <= self.abandoned_days]
        every = self._chances(begun, days[days <= self.abandoned_days], material)
        order = np.argsort(-every, kind="stable")
        words = material.speech.words
        chance, ids = every[order], np.array([begun[at].title for at in order], np.int32)
        yield Row(
            self.kind,
            self.kind,
            words.rows[self.kind],
            words.reasons[self.kind],
            "begun",
            Ranked.of(ids, chance, "begun"),
            appeal=chance,
            in_order=True,
            begun={begun[at].title: begun[at] for at in order},
        )

    def _chances(
        self, begun: list[Begun], days: NDArray[np.float64], material: Material
    ) -> NDArray[np.float32]:
        if material.facts.resuming is None:
            return (self.first * 0.5 ** (days / self.half_life_days)).astype(np.float32)
        known = columns(begun, days, material.context, material.own.habit)
        return material.facts.resuming.odds(known)


class MyList(Kind):
    """What is on the watchlist, the most appealing first."""

    kind: Literal["my-list"]

    def rows(self, material: Material) -> Iterator[Row]:
        """Propose the row."""
        listed = _appealing(material.own.listed, material)
        titles = Ranked.of(listed, material.appeal[listed], "listed")
        name, why = material.speech.words.rows[self.kind], material.speech.words.reasons[self.kind]
        yield Row(self.kind, self.kind, name, why, "listed", titles, in_order=True)


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
        name, why = material.speech.words.rows[self.kind], material.speech.words.reasons[self.kind]
        yield Row(self.kind, self.kind, name, why, "finished", titles)


def _appealing(ids: InternalIds, material: Material) -> NDArray[np.int32]:
    shown = ids[material.allowed[ids]]
    return shown[np.argsort(-material.appeal[shown], kind="stable")]

"""What one page is made from: everything is here, so that the rows are pure functions of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from recsys.context import Context
from recsys.ids import NO_TITLES, InternalIds
from recsys.interactions import Histories
from recsys.page.facts import Facts
from recsys.page.own import Own
from recsys.page.ranked import Ranked
from recsys.page.resuming import days_behind
from recsys.page.speech import IN_ENGLISH, Speech


class Appeal(BaseModel):
    r"""How likely a viewer is to choose the title at a place of the ranking, once it is looked at.

    .. math:: \frac{a_0}{1 + k / h}

    at place :math:`k`, from 0.

    Attributes
    ----------
    first : float
        :math:`a_0`, of the best title, in (0, 1].
    half : float
        :math:`h`, the place at which it is half as likely.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: float = Field(gt=0, le=1)
    half: float = Field(gt=0)

    def at(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the probability at places, float32 (n,)."""
        return (self.first / (1 + places / self.half)).astype(np.float32)


@dataclass(frozen=True)
class Material:
    """What one page is made from.

    Attributes
    ----------
    facts : Facts
    context : Context
    history : Histories
        Of one viewer, without titles that the catalog does not hold.
    own : Own
    picks : Ranked
        What the model holds for the best.
    crowd : Ranked
        What many watch now.
    alike : mapping of int to Ranked
        By watched title: those most like it.
    personal : bool
        Whether the picks know anything of the viewer.
    allowed : bool (n_titles,)
        What may be shown.
    fresh : bool (n_titles,)
        What may be shown and was not watched.
    appeal : float32 (n_titles,)
        Probability that the viewer chooses each title once it is looked at.
    popularity : float32 (n_titles,)
    shown : float32 (n_titles,), optional
        How often each title was shown to the viewer, long ago counting less; ``None`` is never.
    opened : int32 (n,)
        What the session is about: titles whose details were opened in it.
    speech : Speech
        What rows are named with.
    """

    facts: Facts
    context: Context
    history: Histories
    own: Own
    picks: Ranked
    crowd: Ranked
    alike: Mapping[int, Ranked]
    personal: bool
    allowed: NDArray[np.bool_]
    fresh: NDArray[np.bool_]
    appeal: NDArray[np.float32]
    popularity: NDArray[np.float32]
    shown: NDArray[np.float32] | None = None
    opened: InternalIds = field(default_factory=lambda: NO_TITLES)
    speech: Speech = IN_ENGLISH

    @property
    def now(self) -> np.datetime64:
        """The moment of the page, UTC, datetime64[us]."""
        return np.datetime64(self.context.now.replace(tzinfo=None), "us")

    @cached_property
    def ranked(self) -> Ranked:
        """Everything that was proposed and was not watched: the picks, then the crowd's."""
        return self.picks.then(self.crowd)

    @cached_property
    def _is_ranked(self) -> NDArray[np.bool_]:
        known = np.zeros(len(self.fresh), bool)
        known[self.ranked.ids] = True
        return known

    def ranked_first(self, ids: InternalIds, source: str) -> Ranked:
        """Return titles in the order of the ranking, followed in theirs by those that it does not hold."""
        wanted = np.zeros(len(self.fresh), bool)
        wanted[ids] = True
        first = self.ranked.take(wanted[self.ranked.ids])
        rest = ids[~self._is_ranked[ids]]
        return first.followed(Ranked.of(rest, np.zeros(len(rest), np.float32), source))

    def days_behind(self, moments: NDArray[np.datetime64]) -> NDArray[np.float64]:
        """Return how long before the viewer last watched anything moments were, in days, at least 0.

        The last of all is that of the history or one of ``moments``.
        """
        return days_behind(self.history.occurred_at, moments)

    def days_since(self, moments: NDArray[np.datetime64]) -> NDArray[np.float64]:
        """Return how long ago moments were, in days; negative for those to come, NaN for NaT."""
        return (self.now - moments) / np.timedelta64(1, "D")


def appeals(n_titles: int, picks: Ranked, crowd: Ranked, appeal: Appeal) -> NDArray[np.float32]:
    """Return the appeal of every title, float32 (n_titles,): the picks', then the crowd's, then the rest's."""
    ids = picks.then(crowd).ids
    every = np.full(n_titles, appeal.at(np.array(len(ids))), np.float32)
    every[ids] = appeal.at(np.arange(len(ids)))
    return every

"""A history that was told not to listen for a while: what was done then is seen, and not learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from features.interactions import Engagement, histories_of
from recsys.ids import IdMap
from recsys.interactions import Histories


@dataclass(frozen=True, slots=True)
class Pauses:
    """When a viewer's history was paused, and what it held at the beginning of each pause.

    Attributes
    ----------
    began, ended : datetime64[us] (n_pauses,)
        UTC; NaT for the end of one that lasts.
    kept : Engagement
        The states of before, of titles that were taken up again since.
    """

    began: NDArray[np.datetime64]
    ended: NDArray[np.datetime64]
    kept: Engagement

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int | None]], kept: Engagement) -> Self:
        """Build from pairs of begin and end, in microseconds since 1970."""
        began, ended = (np.array([span[at] for span in spans], "datetime64[us]") for at in range(2))
        return cls(began, ended, kept)

    @property
    def lasts(self) -> bool:
        """Whether the history is paused now."""
        return bool(np.isnat(self.ended).any())

    def inside(self, moments: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Return which moments lie in a pause, bool (n,)."""
        each = moments[:, None]
        return np.any((each >= self.began) & ~(each >= self.ended), axis=1)

    def heard(self, engagement: Engagement) -> Engagement:
        """Return what may be learned from: entries last taken up in a pause as they were before it.

        A title that was first taken up in a pause is left out; one that is taken up again after it
        counts as a whole.
        """
        inside = self.inside(engagement.last_at)
        before = np.isin(self.kept.title_ids, engagement.title_ids[inside])
        outside = np.flatnonzero(~inside)
        return engagement.take(outside).joined(self.kept.take(before))


NEVER = Pauses.of([], Engagement.of([]))
"""Of a viewer who never paused."""


def paused_history(
    engagement: Engagement,
    pauses: Pauses,
    title_ids: IdMap,
    series: Mapping[str, str],
    as_of: datetime,
    *,
    region: str = "",
) -> Histories:
    """Return one viewer's history as ``histories_of`` does, with weight 0 for what was not to be heard."""
    whole = histories_of(engagement, title_ids, series, as_of, region=region)
    if not len(pauses.began):
        return whole
    heard = histories_of(pauses.heard(engagement), title_ids, series, as_of, region=region)
    weights, moments = np.zeros(len(title_ids), "f4"), np.full(len(title_ids), "NaT", "M8[s]")
    portions = np.full(len(title_ids), np.nan, np.float32)
    known, own = heard.known(), whole.known()
    weights[known.titles], moments[known.titles] = known.weights, known.occurred_at
    portions[known.titles] = known.watched_portion
    when = np.where(np.isnat(moments[own.titles]), own.occurred_at, moments[own.titles])
    order = np.argsort(when, kind="stable")
    return replace(
        own,
        titles=own.titles[order],
        weights=weights[own.titles][order],
        occurred_at=when[order],
        first_at=when[order],
        watched_portion=portions[own.titles][order],
    )

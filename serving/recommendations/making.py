"""One homepage from all that it is made from: the same again, to the last byte, from the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from features.progress import own_of
from recsys.page.home import Recommends, home
from recsys.page.resuming import habit_of
from recsys.page.visit import Visit
from serving.recommendations.contracts import Asked, Home
from serving.recommendations.leanings import opened_of
from serving.recommendations.narrowing import wanted
from serving.recommendations.replies import shown
from serving.recommendations.viewers import Asker
from serving.replica import Replica

_BYTES: Final = TypeAdapter(Home)


@dataclass(frozen=True)
class Made:
    """A page, and what it was made from besides the replica's bundle, catalog and policy.

    Attributes
    ----------
    recommendation_id : UUID
        By which is drawn what the page explores.
    asked : Asked
    asker : Asker
    replica : Replica
    page : Home
        Whole.
    """

    recommendation_id: UUID
    asked: Asked
    asker: Asker
    replica: Replica
    page: Home

    @cached_property
    def body(self) -> bytes:
        """The whole page as it is sent."""
        return written(self.page)

    @property
    def language(self) -> str:
        """For readers of which language it is."""
        return self.replica.speech(self.asker.languages).language


def make(
    recommender: Recommends, replica: Replica, asked: Asked, asker: Asker, recommendation_id: UUID
) -> Home:
    """Return a homepage.

    Parameters
    ----------
    recommender : Recommends
        The replica's own, as it answers this asker.
    replica : Replica
    asked : Asked
    asker : Asker
    recommendation_id : UUID

    Raises
    ------
    FilterError
        If the filter does not parse.
    """
    ids, context = replica.facts.titles.ids, asker.context
    episodes, speech = replica.episodes, replica.speech(asker.languages)
    habit = habit_of(asker.watched, episodes.series)
    visit = Visit(
        asker.wishes.history(asker.engagement, replica, context),
        context,
        own_of(asker.engagement, ids, episodes, context.now, habit),
        wanted(asked, replica, asker),
        _times_shown(replica, asker),
        opened_of(replica, asker),
        speech,
    )
    page = home(recommender, replica.facts, replica.policy, visit, seed=recommendation_id.int)
    return Home(
        recommendation_id=recommendation_id.hex,
        bundle_id=replica.bundle_id,
        degraded=sorted({*replica.missing, *page.degraded, *asker.degraded}),
        rows=[shown(row, rank, replica, speech) for rank, row in enumerate(page.rows)],
    )


def written(page: Home) -> bytes:
    """Return a page as it is sent."""
    return _BYTES.dump_json(page, by_alias=True)


def _times_shown(replica: Replica, asker: Asker) -> NDArray[np.float32] | None:
    if not asker.shown:
        return None
    titles, series = replica.facts.titles.ids, replica.episodes.series
    rows = titles.internal([series.get(title, title) for title in asker.shown])
    times = np.array(list(asker.shown.values()))
    known = rows >= 0
    return np.bincount(rows[known], times[known], len(titles)).astype(np.float32)

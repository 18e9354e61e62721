"""Towards and away from what: the recommender as it answers one asker."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import NO_TITLES, UNKNOWN, InternalIds
from recsys.ranking.leaning import softened, warmed
from recsys.ranking.recommender import Recommender
from serving.catalog_only import CatalogOnly
from serving.recommendations.narrowing import turned_down
from serving.recommendations.viewers import Asker
from serving.replica import Replica

LATEST: Final = 5
"""Thumbs down, and titles opened, that move what is like their titles, the latest."""

CLEAR: Final = 2
"""Titles opened in a session after which it is clear what it is about, and lists hold enough of that."""

NEAREST: Final = 50
"""Titles that count as like one."""

ABOUT: Final = 15
"""Those of them that a session is about once it is clear."""


def leaning(replica: Replica, asker: Asker) -> Recommender | CatalogOnly:
    """Return the recommender that shows more and less of what the asker wants so.

    Less of what is like titles turned down, more of what is like those opened in this session, and what was said
    of words.
    """
    n_titles, enough = len(replica.recommender.titles), list(asker.wishes.enough(replica))
    said = [asker.wishes.factors(replica)]
    down = turned_down(replica, asker.engagement)
    if len(down):
        said.append(softened(*_alike(replica, asker, down[:LATEST]), n_titles))
    opened = opened_of(replica, asker)
    if len(opened):
        alike = _alike(replica, asker, opened)
        said.append(warmed(*alike, n_titles))
        if len(opened) >= CLEAR:
            enough.append(_marked(alike[0][:, :ABOUT], n_titles))
    factors = [one for one in said if one is not None]
    if not factors:
        return replica.recommender
    return replica.recommender.leaning(np.prod(factors, axis=0), tuple(enough))


def opened_of(replica: Replica, asker: Asker) -> InternalIds:
    """Return the titles opened in this session and not turned down, the latest first."""
    if not asker.opened:
        return NO_TITLES
    down = turned_down(replica, asker.engagement)
    titles, series = replica.recommender.titles.ids, replica.episodes.series
    found = titles.internal([series.get(title, title) for title in asker.opened])
    known = found[(found != UNKNOWN) & ~np.isin(found, down)]
    return known[:LATEST]


def _alike(
    replica: Replica, asker: Asker, given: InternalIds
) -> tuple[InternalIds, NDArray[np.float32]]:
    """Return the titles that are like some, -1 where none is, and how alike they are."""
    # Of what may not be shown nothing falls or rises, so that no age need hold in here.
    anyone = Context(now=asker.context.now, region=asker.context.region)
    alike = replica.recommender.similar(given, anyone, NEAREST)
    return np.where(alike.sources == "similar", alike.ids, UNKNOWN), alike.scores


def _marked(ids: InternalIds, n_titles: int) -> NDArray[np.bool_]:
    marked = np.zeros(n_titles, bool)
    marked[ids[ids != UNKNOWN]] = True
    return marked

"""Towards and away from what: the recommender as it answers one asker."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import UNKNOWN
from recsys.ranking.leaning import softened
from recsys.ranking.recommender import Recommender
from serving.catalog_only import CatalogOnly
from serving.recommendations.narrowing import turned_down
from serving.recommendations.viewers import Asker
from serving.replica import Replica

LATEST: Final = 5
"""Thumbs down that soften what is like their titles, the latest."""

NEAREST: Final = 50
"""Titles that count as like one."""


def leaning(replica: Replica, asker: Asker) -> Recommender | CatalogOnly:
    """Return the recommender that shows more and less of what the asker wants so.

    Less of what is like titles turned down, and what was said of words.
    """
    said = (_against(replica, asker), asker.wishes.factors(replica))
    factors = [one for one in said if one is not None]
    if not factors:
        return replica.recommender
    return replica.recommender.leaning(np.prod(factors, axis=0), asker.wishes.enough(replica))


def _against(replica: Replica, asker: Asker) -> NDArray[np.float32] | None:
    down = turned_down(replica, asker.engagement)[:LATEST]
    if not len(down):
        return None
    # Of what may not be shown nothing falls, so that no age need hold in here.
    anyone = Context(now=asker.context.now, region=asker.context.region)
    alike = replica.recommender.similar(down, anyone, NEAREST)
    ids = np.where(alike.sources == "similar", alike.ids, UNKNOWN)
    return softened(ids, alike.scores, len(replica.recommender.titles))

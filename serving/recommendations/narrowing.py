"""What a request wants to come, in what it says of fields and of single titles."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.interactions import Engagement
from recsys.ids import InternalIds
from recsys.ranking.filters.mask import left_in
from recsys.ranking.filters.parse import parse
from serving.recommendations.contracts import Asked
from serving.recommendations.viewers import Asker
from serving.replica import Replica

_parsed = lru_cache(maxsize=1000)(parse)
"""Callers have a few filters and ask them again and again."""


def wanted(asked: Asked, replica: Replica, asker: Asker) -> NDArray[np.bool_] | None:
    """Return which titles may come, bool (n_titles,), or None if all.

    None comes that the asker turned down or never wants, whatever the request says.

    Raises
    ------
    FilterError
        If the filter does not parse.
    """
    mask, unwanted = asked_for(asked, replica, asker.engagement), refused(replica, asker)
    if unwanted is None:
        return mask
    return ~unwanted if mask is None else mask & ~unwanted


def asked_for(asked: Asked, replica: Replica, engagement: Engagement) -> NDArray[np.bool_] | None:
    """Return which titles a request lets come, bool (n_titles,), or None if all.

    A title to be left out that the catalog does not hold is no mistake: it would not have come.

    Raises
    ------
    FilterError
        If the filter does not parse.
    """
    if asked.filter is None and asked.exclude_items is None:
        return None
    mask = np.ones(len(replica.recommender.titles), bool)
    if asked.filter is not None:
        mask = left_in(_parsed(asked.filter), replica.facts.fields, _held(replica, engagement))
    if asked.exclude_items is not None:
        mask[_internal(replica, asked.exclude_items.split(","))] = False
    return mask


def refused(replica: Replica, asker: Asker) -> NDArray[np.bool_] | None:
    """Return the titles that the asker turned down or never wants, bool (n_titles,), or None if there are none."""
    down, never = turned_down(replica, asker.engagement), asker.wishes.barred(replica)
    if not len(down):
        return never
    mask = np.zeros(len(replica.recommender.titles), bool) if never is None else never
    mask[down] = True
    return mask


def turned_down(replica: Replica, engagement: Engagement) -> InternalIds:
    """Return the titles with a thumb down, a series with more down than up, latest first."""
    if not (engagement.thumb < 0).any():
        return np.empty(0, np.int32)
    said = engagement.take(~np.isnan(engagement.thumb))
    whole = said.rolled(replica.episodes.series)
    down = whole.take(whole.thumb < 0)
    return _internal(replica, down.title_ids[np.argsort(down.last_at)[::-1]])


def _held(replica: Replica, engagement: Engagement) -> dict[str, InternalIds]:
    watched = engagement.completed | (engagement.watched_portion > 0)
    sets = {"watchlist": engagement.watchlisted, "watched": watched}
    return {name: _internal(replica, engagement.title_ids[held]) for name, held in sets.items()}


def _internal(replica: Replica, title_ids: Iterable[str]) -> InternalIds:
    """Return the internal ids of titles, an episode's being its series', without unknown ones."""
    whole = [replica.episodes.series.get(title_id, title_id) for title_id in title_ids]
    found = replica.recommender.titles.ids.internal(whole)
    return found[found >= 0]

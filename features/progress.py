"""Where a viewer may go on: what was begun, which episode comes next, what is listed, what was finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.interactions import Engagement
from recsys.ids import UNKNOWN, IdMap
from recsys.page.own import FINISHED, STARTED, Begun, Own
from recsys.schema import TitleType

RATING_LIKED = 3.0
"""A rating below says that the viewer did not like it."""


@dataclass(frozen=True, slots=True)
class Episodes:
    """The episodes of a catalog in the order in which they are watched.

    Attributes
    ----------
    series : dict
        Each episode's series.
    following : dict
        The episode after each, where there is one.
    places : dict
        Each episode's season and number in it, from 1; 0 where not known.
    """

    series: dict[str, str]
    following: dict[str, str]
    places: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, catalog: pa.Table) -> Self:
        """Read a table of the TITLES schema, episodes included."""
        columns = ("title_id", "title_type", "series_id", "season_number", "episode_number")
        rows = zip(*(catalog[name].to_pylist() for name in columns), strict=True)
        episodes: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        series: dict[str, str] = {}
        for title, kind, parent, season, number in rows:
            if parent:
                series[title] = parent
            if parent and kind == TitleType.EPISODE:
                episodes[parent].append((season or 0, number or 0, title))
        following = {
            before[2]: after[2]
            for several in episodes.values()
            for before, after in _pairs(sorted(several))
        }
        places = {
            title: (season, number)
            for several in episodes.values()
            for season, number, title in several
        }
        return cls(series, following, places)


def own_of(engagement: Engagement, title_ids: IdMap, episodes: Episodes) -> Own:
    """Return a viewer's own titles.

    Parameters
    ----------
    engagement : Engagement
        Entries of movies and of single episodes.
    title_ids : IdMap
        The catalog; titles that it does not hold are left out.
    episodes : Episodes
    """
    order = np.argsort(engagement.last_at, kind="stable")[::-1]
    whole = [episodes.series.get(title, title) for title in engagement.title_ids[order]]
    internal = title_ids.internal(whole)
    order, internal = order[internal != UNKNOWN], internal[internal != UNKNOWN]
    done = engagement.completed | (engagement.watched_portion >= FINISHED)
    disliked = (engagement.thumb < 0) | (engagement.rating < RATING_LIKED)
    listed = internal[engagement.watchlisted[order]]
    rolled = engagement.rolled(episodes.series)
    put_away = title_ids.internal(rolled.title_ids[rolled.dismissed])
    begun = _begun(engagement, order, internal, done, episodes.following)
    finished, first = _once(internal[(done & ~disliked)[order]])
    return Own(
        begun=tuple(one for one in begun if one.title not in put_away),
        listed=_once(listed)[0],
        finished=finished,
        finished_at=engagement.last_at[order][(done & ~disliked)[order]][first],
    )


def _begun(
    engagement: Engagement,
    order: NDArray[np.int64],
    internal: NDArray[np.int32],
    done: NDArray[np.bool_],
    following: Mapping[str, str],
) -> tuple[Begun, ...]:
    """Return where to go on in each title: in what was watched of it last, or in the episode after that."""
    found: dict[int, Begun | None] = {}
    for entry, title in zip(order, internal, strict=True):
        watched = done[entry] or engagement.watched_portion[entry] > 0
        if watched and int(title) not in found:
            found[int(title)] = _next(engagement, int(entry), int(title), done, following)
    return tuple(one for one in found.values() if one is not None)


def _next(
    engagement: Engagement,
    entry: int,
    title: int,
    done: NDArray[np.bool_],
    following: Mapping[str, str],
) -> Begun | None:
    content, portion = str(engagement.title_ids[entry]), float(engagement.watched_portion[entry])
    if done[entry]:
        if (after := following.get(content)) is None:
            return None
        content, portion = after, 0.0
    elif portion < STARTED:
        return None
    return Begun(title, content, portion, engagement.last_at[entry])


def _once(ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return each id once, where it first stands, and where that is."""
    _, first = np.unique(ids, return_index=True)
    first = np.sort(first)
    return ids[first], first


def _pairs(
    ordered: list[tuple[int, int, str]],
) -> list[tuple[tuple[int, int, str], tuple[int, int, str]]]:
    return list(pairwise(ordered))

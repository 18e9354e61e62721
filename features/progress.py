"""Where a viewer may go on: what was begun, which episode comes next, what is listed, what was finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.interactions import Engagement
from recsys.ids import UNKNOWN, IdMap
from recsys.page.own import FINISHED, STARTED, UNSEEN, Begun, Habit, Own
from recsys.schema import TitleType

_NEVER = np.datetime64("NaT", "us")
_LONG_AGO = np.datetime64(0, "us")
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
    windows : dict
        From when and until when an episode can be watched that has a window of its own; NaT is open.
    """

    series: dict[str, str]
    following: dict[str, str]
    places: dict[str, tuple[int, int]]
    windows: dict[str, tuple[np.datetime64, np.datetime64]]

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
        return cls(series, following, places, _windows(catalog, set(places)))

    def without(self, withdrawn: Iterable[str]) -> Self:
        """Return the same episodes, some of which can be watched by nobody."""
        shut = dict.fromkeys((one for one in withdrawn if one in self.places), (_NEVER, _LONG_AGO))
        return replace(self, windows={**self.windows, **shut}) if shut else self

    def open(self, title: str, now: np.datetime64) -> bool:
        """Return whether an episode can be watched at a moment, datetime64[us]."""
        begins, ends = self.windows.get(title, (_NEVER, _NEVER))
        return not (begins > now or ends <= now)

    def next_open(self, title: str, now: np.datetime64) -> str | None:
        """Return the next episode after one that can be watched at a moment, if there is one."""
        after = self.following.get(title)
        while after is not None and not self.open(after, now):
            after = self.following.get(after)
        return after


def own_of(
    engagement: Engagement,
    title_ids: IdMap,
    episodes: Episodes,
    now: datetime,
    habit: Habit = UNSEEN,
) -> Own:
    """Return a viewer's own titles.

    Parameters
    ----------
    engagement : Engagement
        Entries of movies and of single episodes.
    title_ids : IdMap
        The catalog; titles that it does not hold are left out.
    episodes : Episodes
    now : datetime
        UTC.
    habit : Habit
        How the sittings before began.
    """
    watched_at = np.where(
        np.isnat(engagement.watched_at), engagement.last_at, engagement.watched_at
    )
    order = np.argsort(watched_at, kind="stable")[::-1]
    whole = [episodes.series.get(title, title) for title in engagement.title_ids[order]]
    internal = title_ids.internal(whole)
    order, internal = order[internal != UNKNOWN], internal[internal != UNKNOWN]
    done = engagement.completed | (engagement.watched_portion >= FINISHED)
    disliked = (engagement.thumb < 0) | (engagement.rating < RATING_LIKED)
    listed = internal[engagement.watchlisted[order]]
    rolled = engagement.rolled(episodes.series)
    put_away = title_ids.internal(rolled.title_ids[rolled.dismissed])
    moment = np.datetime64(now.replace(tzinfo=None), "us")
    begun = _begun(engagement, order, internal, done, episodes=episodes, now=moment)
    # A series of which an episode is left is not watched to the end.
    over = (done & ~disliked)[order] & ~np.isin(internal, [one.title for one in begun])
    finished, first = _once(internal[over])
    return Own(
        begun=tuple(one for one in begun if one.title not in put_away),
        listed=_once(listed)[0],
        finished=finished,
        finished_at=watched_at[order][over][first],
        habit=habit,
    )


def _begun(
    engagement: Engagement,
    order: NDArray[np.int64],
    internal: NDArray[np.int32],
    done: NDArray[np.bool_],
    *,
    episodes: Episodes,
    now: np.datetime64,
) -> tuple[Begun, ...]:
    """Return where to go on in each title: in what was watched of it last, or in the episode after that."""
    found: dict[int, Begun | None] = {}
    for entry, title in zip(order, internal, strict=True):
        watched = done[entry] or engagement.watched_portion[entry] > 0
        if watched and int(title) not in found:
            found[int(title)] = _next(
                engagement, int(entry), int(title), done, episodes=episodes, now=now
            )
    return tuple(one for one in found.values() if one is not None)


def _next(
    engagement: Engagement,
    entry: int,
    title: int,
    done: NDArray[np.bool_],
    *,
    episodes: Episodes,
    now: np.datetime64,
) -> Begun | None:
    content, portion = str(engagement.title_ids[entry]), float(engagement.watched_portion[entry])
    if done[entry]:
        if (after := episodes.next_open(content, now)) is None:
            return None
        content, portion = after, 0.0
    elif portion < STARTED or not episodes.open(content, now):
        return None
    seen = engagement.watched_at[entry]
    last = engagement.last_at[entry] if np.isnat(seen) else seen
    return Begun(title, content, portion, last, content in episodes.series)


def _once(ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return each id once, where it first stands, and where that is."""
    _, first = np.unique(ids, return_index=True)
    first = np.sort(first)
    return ids[first], first


def _pairs(
    ordered: list[tuple[int, int, str]],
) -> list[tuple[tuple[int, int, str], tuple[int, int, str]]]:
    return list(pairwise(ordered))


def _windows(
    catalog: pa.Table, episodes: set[str]
) -> dict[str, tuple[np.datetime64, np.datetime64]]:
    names = ("available_from", "available_until")
    begins, ends = (catalog[name].cast(pa.timestamp("us")).to_numpy() for name in names)
    rows = zip(catalog["title_id"].to_pylist(), begins, ends, strict=True)
    limited = ~(np.isnat(begins) & np.isnat(ends))
    return {
        title: (begin, end)
        for (title, begin, end), limit in zip(rows, limited, strict=True)
        if limit and title in episodes
    }

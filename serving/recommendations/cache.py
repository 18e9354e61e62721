"""Pages that were made a moment ago: kept until their viewer does something, or something else changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable

from cachetools import LRUCache

from serving.tagged import Kept

SECONDS = 60.0
"""How long a page is kept at most: what many watch, and what is new, goes on changing."""


MOST = 8
"""Answers that are kept for one viewer, who asks from few places."""
RECENT = 100_000
"""Viewers of whom it is known when they last did something; far more than do while one page is made."""


Shelf = dict[Hashable, Kept]
"""One viewer's answers by what was asked."""


class PageCache:
    """Answers by viewer and by what was asked, bounded in bytes, the viewer longest away given up first.

    Nothing is kept while news of viewers' events may be missing: a page that does not show the last click is worse
    than one made anew.

    Parameters
    ----------
    most_bytes : int
    """

    def __init__(self, most_bytes: int) -> None:
        self._kept: LRUCache[str, Shelf] = LRUCache(most_bytes, _size)
        self._forgotten: LRUCache[str, int] = LRUCache(RECENT)
        self._lock = threading.Lock()
        self._informed, self._news, self._since = False, 0, 0

    def inform(self, *, hears: bool) -> None:
        """Say whether every event of a viewer is heard of from now on; what was kept before is forgotten."""
        with self._lock:
            self._informed = hears
            self._news += 1
            self._since = self._news
            self._kept.clear()

    def get(self, viewer_id: str, asked: Hashable) -> Kept | None:
        """Return what was kept for a question, unless it is too old."""
        with self._lock:
            kept = self._kept.get(viewer_id, {}).get(asked)
        return None if kept is None or kept.until <= time.monotonic() else kept

    def now(self) -> int:
        """Return a mark to be taken before a page is made, and given to ``keep``."""
        with self._lock:
            return self._news

    def keep(self, viewer_id: str, asked: Hashable, kept: Kept, since: int) -> None:
        """Keep an answer, unless its viewer did something while it was made."""
        with self._lock:
            # What was made before all could be heard may lack what was told meanwhile.
            heard_all = self._informed and since >= self._since
            if not heard_all or self._forgotten.get(viewer_id, 0) > since:
                return
            now = time.monotonic()
            others = self._kept.pop(viewer_id, {}).items()
            fresh = {one: old for one, old in others if old.until > now and one != asked}
            shelf = {**dict(list(fresh.items())[-MOST + 1 :]), asked: kept}
            if _size(shelf) <= self._kept.maxsize:
                self._kept[viewer_id] = shelf

    def forget(self, viewer_ids: Iterable[str]) -> None:
        """Forget all answers to viewers who did something."""
        with self._lock:
            self._news += 1
            for viewer_id in viewer_ids:
                self._forgotten[viewer_id] = self._news
                self._kept.pop(viewer_id, None)


def _size(shelf: Shelf) -> int:
    return sum(len(kept.body) for kept in shelf.values())

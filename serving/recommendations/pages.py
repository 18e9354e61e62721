"""Homepages as they are sent: made once, and sent again while nothing has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from datetime import UTC, datetime
from typing import Final

import numpy as np
from cachetools import LRUCache

from recsys.page.kinds.picked import reason_of
from serving.bundles import Champion
from serving.cursors import Cursors
from serving.metrics import Metrics
from serving.recommendations.cache import SECONDS, PageCache
from serving.recommendations.contracts import AskedForHome, AskedForMore, Home
from serving.recommendations.making import written
from serving.recommendations.scrolling import cut
from serving.recommendations.service import Recommendations
from serving.replica import Replica
from serving.tagged import Kept, Told, tag_of

UNDERSTOOD: Final = 10_000
"""Queries that are remembered with what they mean, those that came last."""
LONGEST_WORDS: Final = 300
"""Bytes of such a query."""


Question = tuple[str | None, bytes, bytes]
"""Whose question it is, which is whose page is meant where none is named; the query; and the languages of the device."""


class Pages:
    """Homepages by the byte.

    Parameters
    ----------
    recommendations : Recommendations
    champion : Champion
    cache : PageCache
    cursors : Cursors
    metrics : Metrics
    """

    def __init__(
        self,
        recommendations: Recommendations,
        champion: Champion,
        cache: PageCache,
        cursors: Cursors,
        metrics: Metrics,
    ) -> None:
        self._recommendations, self._champion = recommendations, champion
        self._cache, self._cursors = cache, cursors
        self._understood: LRUCache[Question, AskedForHome] = LRUCache(UNDERSTOOD)
        self._lock = threading.Lock()
        # Finding a meter by its labels takes longer than counting, and pages are sent again thousands of times a second.
        self._hit = metrics.cached.labels("pages", "process", "hit")
        self._miss = metrics.cached.labels("pages", "process", "miss")

    def more(self, asked: AskedForMore) -> Told[Home]:
        """Return what follows on a page, as the page was when it was made, and as rights are now.

        Raises
        ------
        CursorError
            If the cursor is none of ours, is another viewer's, or is too old.
        """
        left = self._cursors.open(asked.viewer_id or "", asked.cursor)
        first = AskedForHome.model_validate({"viewerId": asked.viewer_id, **left["asked"]})
        page, language = self._recommendations.resumed(first, left)
        return Told(cut(page, first, self._cursors), language)

    def again(self, question: Question) -> Kept | None:
        """Return what is kept for a question that came in the same words before, if it was understood then.

        Who has the same standing was allowed to ask it.
        """
        with self._lock:
            asked = self._understood.get(question)
        return None if asked is None else self._kept(asked)

    def home(self, asked: AskedForHome, question: Question) -> Kept:
        """Return a viewer's homepage as it is sent.

        Parameters
        ----------
        asked : AskedForHome
        question : Question
            As it came; it was found that who asks may ask it.

        Raises
        ------
        NoCatalogError
            If there is nothing at all to answer from.
        """
        if len(question[1]) + len(question[2]) <= LONGEST_WORDS:
            with self._lock:
                self._understood[question] = asked
        if (kept := self._kept(asked)) is not None:
            return kept
        self._miss.inc()
        replica, since = self._champion.current, self._cache.now()
        fresh = self._recommendations.home(asked)
        page = fresh.page
        lasts = 0 if replica is None else _lasts(page, replica)
        whole = asked.rows is None and asked.titles is None
        body = fresh.body if whole else written(cut(page, asked, self._cursors))
        made = Kept(body, f'"{tag_of(body)}"', time.monotonic() + lasts, fresh.language)
        # What lacks a part is made anew as soon as it is asked for again.
        if not page.degraded:
            self._cache.keep(asked.viewer_id or "", _question(asked, replica), made, since)
        return made

    def _kept(self, asked: AskedForHome) -> Kept | None:
        kept = self._cache.get(asked.viewer_id or "", _question(asked, self._champion.current))
        if kept is not None:
            self._hit.inc()
        return kept


def _question(asked: AskedForHome, replica: Replica | None) -> Hashable:
    return None if replica is None else replica.mark, asked


def _lasts(page: Home, replica: Replica) -> float:
    """Return for how many seconds a page may be sent: no title on it may be shown past its window."""
    now = datetime.now(UTC)
    if replica.recommender.rights.lasts(now) >= SECONDS:
        return SECONDS  # no title's window ends so soon
    shown = [item.content_id for row in page.rows for item in row.items]
    shown += [reason for row in page.rows if (reason := reason_of(row.row_id)) is not None]
    ends = replica.facts.until.at[replica.facts.internal(shown)]
    moment = np.datetime64(now.replace(tzinfo=None), "us")
    left = (ends[~np.isnat(ends)] - moment) / np.timedelta64(1, "s")
    return float(left.min(initial=SECONDS))

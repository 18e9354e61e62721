"""Answers that are the same for everybody in one place and of one age: made once, however many ask at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from cachetools import LRUCache

from serving.metrics import Metrics
from serving.tagged import Kept, tag_of

Made = tuple[bytes, float]
"""An answer, and for how many seconds it holds at most."""


class SharedCache:
    """Answers by what was asked, bounded in bytes, the one longest not asked for given up first.

    Nobody's own things may come in here. What it is asked by must name all that an answer depends on, the replica
    and what else changes among it: then nothing need ever be thrown out for being wrong.

    Parameters
    ----------
    name : str
        By which its hits are counted.
    most_bytes : int
    metrics : Metrics
    """

    def __init__(self, name: str, most_bytes: int, metrics: Metrics) -> None:
        self._name, self._metrics = name, metrics
        self._kept: LRUCache[Hashable, Kept] = LRUCache(most_bytes, lambda kept: len(kept.body))
        self._making: dict[Hashable, Future[Kept]] = {}
        self._lock = threading.Lock()

    def get(self, asked: Hashable, make: Callable[[], Made]) -> Kept:
        """Return an answer, made unless it is kept or is being made for somebody else."""
        with self._lock:
            kept = self._kept.get(asked)
            if kept is not None and kept.until > time.monotonic():
                self._count("hit")
                return kept
            making = self._making.get(asked)
            if making is None:
                mine = self._making[asked] = Future()
        if making is not None:
            self._count("waited")
            return making.result()
        self._count("miss")
        return self._made(asked, make, mine)

    def look(self, asked: Hashable) -> Kept | None:
        """Return an answer if it is kept."""
        with self._lock:
            kept = self._kept.get(asked)
        if kept is None or kept.until <= time.monotonic():
            return None
        self._count("hit")
        return kept

    def _made(self, asked: Hashable, make: Callable[[], Made], mine: Future[Kept]) -> Kept:
        try:
            body, seconds = make()
        except BaseException as error:
            with self._lock:
                del self._making[asked]
            mine.set_exception(error)
            raise
        kept = Kept(body, f'"{tag_of(body)}"', time.monotonic() + seconds)
        with self._lock:
            del self._making[asked]
            if len(body) <= self._kept.maxsize:
                self._kept[asked] = kept
        mine.set_result(kept)
        return kept

    def _count(self, outcome: str) -> None:
        self._metrics.cached.labels(self._name, outcome).inc()

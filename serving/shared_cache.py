"""Answers that are the same for everybody in one place and of one age: made once, however many ask at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from cachetools import LRUCache

from recsys.languages import ENGLISH
from serving.metrics import Metrics
from serving.redis_answers import Made, RedisAnswers
from serving.tagged import Kept, tag_of

LEVEL: Final = "process"

Word = str | int | float | None
Question = tuple["Word | Question", ...]
"""What is asked, in words that every replica has the same."""


class SharedCache:
    """Answers by what was asked, bounded in bytes, the one longest not asked for given up first.

    Nobody's own things may come in here. What it is asked by must name all that an answer depends on, the state of
    the catalog and what else changes among it: then nothing need ever be thrown out for being wrong.

    Parameters
    ----------
    name : str
        By which its hits are counted.
    most_bytes : int
    metrics : Metrics
    beyond : RedisAnswers, optional
        Where what is not here is looked for, and told to other replicas.
    """

    def __init__(
        self, name: str, most_bytes: int, metrics: Metrics, beyond: RedisAnswers | None = None
    ) -> None:
        self._name, self._metrics, self._beyond = name, metrics, beyond
        self._kept: LRUCache[Question, Kept] = LRUCache(most_bytes, lambda kept: len(kept.body))
        self._making: dict[Question, Future[Kept]] = {}
        self._lock = threading.Lock()

    def get(self, asked: Question, make: Callable[[], Made], language: str = ENGLISH) -> Kept:
        """Return an answer, made unless it is kept or is being made for somebody else.

        Parameters
        ----------
        asked : Question
        make : callable
        language : str
            For whom it is, as ``Content-Language`` says it: what is in another must be asked for otherwise.
        """
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
        return self._made(asked, make, mine, language)

    def look(self, asked: Question) -> Kept | None:
        """Return an answer if it is kept."""
        with self._lock:
            kept = self._kept.get(asked)
        if kept is None or kept.until <= time.monotonic():
            return None
        self._count("hit")
        return kept

    def _made(
        self, asked: Question, make: Callable[[], Made], mine: Future[Kept], language: str
    ) -> Kept:
        began = time.monotonic()
        try:
            body, seconds = self._from_beyond(asked, make)
        except BaseException as error:
            with self._lock:
                del self._making[asked]
            mine.set_exception(error)
            raise
        kept = Kept(body, f'"{tag_of(body)}"', began + seconds, language)
        with self._lock:
            del self._making[asked]
            if len(body) <= self._kept.maxsize:
                self._kept[asked] = kept
        mine.set_result(kept)
        return kept

    def _from_beyond(self, asked: Question, make: Callable[[], Made]) -> Made:
        return make() if self._beyond is None else self._beyond.get(self._name, asked, make)

    def _count(self, outcome: str) -> None:
        self._metrics.cached.labels(self._name, LEVEL, outcome).inc()

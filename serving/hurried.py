"""What a page asks a recommender, with a deadline: after it, what is there is sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as TooLateError
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories
from recsys.page.home import Recommends
from recsys.ranking.answers import Recommendations
from recsys.ranking.recommender import AlgorithmName
from recsys.titles import Titles

LATE: Final = "deadline"
"""What an answer lacks that was sent before all of it was there."""


class Hurried:
    """A recommender that does without what is not there in time.

    Popularity is asked first and waited for: it is a look-up, and without it there would be nothing to send.

    Parameters
    ----------
    inner : Recommends
    threads : Executor
        Where the rest is worked out; what came too late runs on there and is thrown away.
    until : float
        The deadline, as ``time.monotonic`` counts.
    """

    def __init__(self, inner: Recommends, threads: Executor, until: float) -> None:
        self._inner, self._threads, self._until = inner, threads, until

    @property
    def titles(self) -> Titles:
        """The titles that may be recommended."""
        return self._inner.titles

    @property
    def popularity(self) -> NDArray[np.float32]:
        """How much each title is watched, float32 (n_titles,)."""
        return self._inner.popularity

    def only(self, wanted: NDArray[np.bool_]) -> Self:
        """Return the same, which shows some of the titles alone."""
        return type(self)(self._inner.only(wanted), self._threads, self._until)

    def allowed(self, context: Context) -> NDArray[np.bool_]:
        """Return what the context may be shown, bool (n_titles,)."""
        return self._inner.allowed(context)

    def popular(self, context: Context, n: int) -> Recommendations:
        """Return what many watch now, as one row."""
        return self._inner.popular(context, n)

    def recommend(
        self, histories: Histories, context: Context, n: int, *, algorithm: AlgorithmName = "hybrid"
    ) -> Recommendations:
        """Return the best titles of each history, or of none if they are not there in time."""
        return self._in_time(
            lambda: self._inner.recommend(histories, context, n, algorithm=algorithm),
            len(histories),
        )

    def similar(self, titles: InternalIds, context: Context, n: int) -> Recommendations:
        """Return the titles most like each given one, or none if they are not there in time."""
        return self._in_time(lambda: self._inner.similar(titles, context, n), len(titles))

    def _in_time(self, ask: Callable[[], Recommendations], n_asked: int) -> Recommendations:
        left = self._until - time.monotonic()
        if left > 0:
            asked = self._threads.submit(ask)
            try:
                return asked.result(left)
            except TooLateError:
                asked.cancel()
        return Recommendations(
            np.full((n_asked, 0), UNKNOWN, np.int32),
            np.zeros((n_asked, 0), np.float32),
            np.zeros((n_asked, 0), object),
            (LATE,),
        )

"""Where work spends its time: which of our functions it is in, looked at again and again from another thread."""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from types import FrameType, TracebackType
from typing import Self

ROOMS = ("recsys.", "features.")
"""Whose functions are told apart by default; what a library does counts for the one that called it."""

PAUSE = 0.02
"""Seconds between two looks: a fit takes many."""


class Profile:
    """Shares of time of the functions that the thread which entered it was in.

    Looking costs nothing to speak of, and unlike counting calls it does not slow down what calls often.

    Parameters
    ----------
    rooms : tuple of str
        What the names of modules begin with whose functions are told apart.
    pause : float
        Seconds between two looks.

    Examples
    --------
    >>> with Profile() as profile:
    ...     pass
    >>> profile.shares
    {}
    """

    def __init__(self, rooms: tuple[str, ...] = ROOMS, pause: float = PAUSE) -> None:
        self._rooms, self._pause = rooms, pause
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._watched = threading.get_ident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="profile", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def shares(self) -> dict[str, float]:
        """Share of the time of each function, by its module and name, the largest first."""
        total = sum(self._seconds.values())
        largest = sorted(self._seconds.items(), key=lambda one: -one[1])
        return {name: seconds / total for name, seconds in largest}

    def _look(self) -> None:
        before = time.perf_counter()
        while not self._over.wait(self._pause):
            frame = sys._current_frames().get(self._watched)  # noqa: SLF001  # there is no other way
            here = _ours(frame, self._rooms)
            now = time.perf_counter()
            if here is not None:
                # A library that holds the interpreter delays a look, which then stands for all that time.
                self._seconds[here] += now - before
            before = now


def _ours(frame: FrameType | None, rooms: tuple[str, ...]) -> str | None:
    """Return the innermost function of our own."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(rooms):
            # What a function defines or loops over within itself is its own.
            name = frame.f_code.co_qualname.partition(".<locals>")[0]
            return f"{module.partition('.')[2]}.{name}"
        frame = frame.f_back
    return None

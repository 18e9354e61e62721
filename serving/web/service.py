"""Which viewers the page offers to look at."""

from __future__ import annotations

import threading
import time

from serving.database import Database
from serving.web import store
from serving.web.contracts import SampleViewer

KEPT_SECONDS = 600.0
"""How long one answer serves: it is found by counting every history."""


class Samples:
    """A few viewers, for whoever tries the platform on one machine.

    Parameters
    ----------
    database : Database
    offered : bool
        Whether any are: they show ids and limits of age.
    """

    def __init__(self, database: Database, *, offered: bool) -> None:
        self._database, self._offered = database, offered
        self._found: list[SampleViewer] = []
        self._until = 0.0
        self._lock = threading.Lock()

    def viewers(self) -> list[SampleViewer]:
        """Return the viewers on offer, most often those of before.

        Raises
        ------
        DatabaseDownError
            If they have to be looked for, and the database does not answer.
        """
        if not self._offered:
            return []
        with self._lock:
            if not self._found or time.monotonic() >= self._until:
                self._found = [SampleViewer(**row) for row in store.sample(self._database)]
                self._until = time.monotonic() + KEPT_SECONDS
            return self._found

"""Bundles that serve no more, loaded again for the pages that were made with them."""

from __future__ import annotations

import threading
import time
from typing import Final

import structlog

from recsys.errors import BusyError
from serving.bundles import Champion, load
from serving.replica import Replica

log = structlog.get_logger()

KEPT_SECONDS: Final = 60.0
"""How long the last one stays loaded when nobody asks for it: it takes as much memory as the one that serves."""


class Earlier:
    """Replicas by the bundle, under the catalog and the policy of now.

    Parameters
    ----------
    champion : Champion
    """

    def __init__(self, champion: Champion) -> None:
        self._champion = champion
        self._lock = threading.Lock()
        self._last: Replica | None = None
        self._used_at = 0.0

    def replica(self, bundle_id: str) -> Replica | None:
        """Return what answers by a bundle; ``None`` if it is gone, or is broken.

        Raises
        ------
        BusyError
            If another is being loaded: that takes seconds, and requests must not wait in a line for it.
        """
        current = self._champion.current
        if current is not None and current.bundle_id == bundle_id:
            return current
        if not self._lock.acquire(blocking=False):
            raise BusyError(expected="one earlier bundle at a time", got="two", where="replay")
        try:
            self._used_at = time.monotonic()
            if not self._is_last(bundle_id):
                self._last = None  # before the next one takes as much again
                self._last = self._loaded(bundle_id)
            return self._last
        finally:
            self._lock.release()

    def tend(self) -> None:
        """Let go of a bundle that nobody asked for of late."""
        if self._last is not None and time.monotonic() - self._used_at > KEPT_SECONDS:
            with self._lock:
                self._last = None

    def _is_last(self, bundle_id: str) -> bool:
        last, current = self._last, self._champion.current
        if last is None or current is None:
            return False
        return last.bundle_id == bundle_id and last.versions == current.versions

    def _loaded(self, bundle_id: str) -> Replica | None:
        try:
            return self._champion.answering(load(self._champion.bundles / bundle_id))
        except Exception as error:  # noqa: BLE001  an old bundle may be broken in any way
            log.info("replay.bundle_gone", bundle=bundle_id, error=str(error))
            return None

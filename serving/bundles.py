"""Which bundle answers: the champion, watched, and swapped for a new one without a pause."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from features.ranking import RankingFeatures
from recsys.bundle import open_bundle
from recsys.context import Context
from recsys.interactions import Histories
from recsys.ranking.recommender import Recommender
from serving.metrics import Metrics
from serving.replica import Replica

log = structlog.get_logger()

CHECK_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0
"""How long a bundle that was refused again and again is left alone before the next try."""


def load(path: Path, artwork: Path) -> Replica:
    """Open, verify and load a bundle, and make it answer once before anyone asks.

    Raises
    ------
    Exception
        Whatever is wrong with it: a bundle from outside may be broken in any way.
    """
    recommender = Recommender.load(open_bundle(path), RankingFeatures)
    empty = Histories.of([[]], len(recommender.titles))
    recommender.recommend(empty, Context.at_present(), 10)
    return Replica.of(recommender, artwork)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A bundle that could not be taken up, and when it may be tried again (monotonic seconds)."""

    target: Path | None = None
    wait: float = 0.0
    until: float = 0.0

    def holds(self, target: Path) -> bool:
        """Return whether a bundle is still to be left alone."""
        return target == self.target and time.monotonic() < self.until

    def again(self, target: Path) -> Refusal:
        """Return what follows when a bundle is refused: twice the wait if it was so before."""
        wait = min(2 * self.wait, LONGEST_WAIT_SECONDS) if target == self.target else CHECK_SECONDS
        return Refusal(target, wait, time.monotonic() + wait)


class Champion:
    """The replica that answers, kept to where the registry's link points.

    Parameters
    ----------
    registry : Path
        Holds the link ``champion``.
    artwork : Path
        The folder of posters.
    metrics : Metrics
    """

    def __init__(self, registry: Path, artwork: Path, metrics: Metrics) -> None:
        self._link = registry / "champion"
        self._artwork = artwork
        self._metrics = metrics
        self._current: Replica | None = None
        self._taken: Path | None = None
        self._refusal = Refusal()
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="champion", daemon=True)

    @property
    def current(self) -> Replica | None:
        """What answers now; a request takes it once and keeps it to its end."""
        return self._current

    def open(self) -> None:
        """Load the champion, then keep watching the link."""
        self.check()
        self._watcher.start()

    def close(self) -> None:
        """Stop watching."""
        self._stopping.set()
        self._watcher.join()

    def check(self) -> None:
        """Take up what the link points to, if that is new; a broken bundle leaves the old one."""
        try:
            target = self._link.resolve(strict=True)
        except OSError:
            return  # nothing published yet, or the registry is out of reach: the old one serves on
        if target == self._taken or self._refusal.holds(target):
            return
        try:
            replica = load(target, self._artwork)
        except Exception as error:  # noqa: BLE001  the old bundle must survive any new one
            self._refuse(target, error)
            return
        self._taken, self._current, self._refusal = target, replica, Refusal()
        self._metrics.show_bundle(replica.recommender.bundle_id)
        log.info("bundle.taken", bundle=replica.bundle_id)

    def _refuse(self, target: Path, error: Exception) -> None:
        # What was wrong may have been the disk and not the bundle, so it is tried again, ever more rarely.
        if target != self._refusal.target:
            self._metrics.refused.inc()
        self._refusal = self._refusal.again(target)
        log.warning("bundle.refused", bundle=target.name, error=str(error))

    def _watch(self) -> None:
        while not self._stopping.wait(CHECK_SECONDS):
            self.check()

"""What answers: the champion under the current catalog, both watched, and swapped without a pause."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import structlog

from features.ranking import RankingFeatures
from recsys.bundle import open_bundle
from recsys.context import Context
from recsys.interactions import Histories
from recsys.page.microgenres import MICRO_GENRES, MicroGenres
from recsys.page.resuming import RESUMING, Resuming
from recsys.ranking.recommender import Recommender
from recsys.schema import POPULAR, TITLES
from serving.catalog_only import CatalogOnly
from serving.current_catalog import CurrentCatalog
from serving.current_changes import CurrentChanges
from serving.current_policy import CurrentPolicy
from serving.database import DatabaseDownError
from serving.digests import joined
from serving.metrics import Metrics
from serving.replica import Replica, Versions

log = structlog.get_logger()

CHECK_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0
"""How long a bundle that was refused again and again is left alone before the next try."""


class Loaded(NamedTuple):
    """What a bundle holds."""

    recommender: Recommender
    micro: MicroGenres
    resuming: Resuming | None


def load(path: Path) -> Loaded:
    """Open, verify and load a bundle, and make it answer once before anyone asks.

    Raises
    ------
    Exception
        Whatever is wrong with it: a bundle from outside may be broken in any way.
    """
    recommender = Recommender.load(open_bundle(path), RankingFeatures)
    empty = Histories.of([[]], len(recommender.titles))
    recommender.recommend(empty, Context.at_present(), 10)
    micro = MicroGenres.read(path / MICRO_GENRES, recommender.titles.ids)
    return Loaded(recommender, micro, Resuming.read(path / RESUMING))


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
    """The replica that answers, kept to where the registry's link points and to what was ingested.

    Parameters
    ----------
    registry : Path
        Holds the link ``champion``.
    store : Path
        Holds the current catalog, and the folder of posters.
    policy : CurrentPolicy
    changes : CurrentChanges
        Of the catalog, by staff.
    metrics : Metrics

    Attributes
    ----------
    bundles : Path
        Where bundles lie, by their ids.
    """

    def __init__(
        self,
        registry: Path,
        store: Path,
        policy: CurrentPolicy,
        changes: CurrentChanges,
        metrics: Metrics,
    ) -> None:
        self._policy, self._changes = policy, changes
        self.bundles, self._link = registry / "bundles", registry / "champion"
        self._catalog = CurrentCatalog(store / "raw" / "titles.parquet")
        self._artwork, self._popular = store / "artwork", store / "built" / "popular.parquet"
        self._metrics = metrics
        self._loaded: Loaded | None = None
        self._whole: Replica | None = None
        self._current: Replica | None = None
        self._lock = threading.Lock()
        self._stale = False
        self._of_titles = 0
        self._taken: Path | None = None
        self._refusal = Refusal()
        self._stopping, self._awake = threading.Event(), threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="champion", daemon=True)

    @property
    def current(self) -> Replica | None:
        """What answers now; a request takes it once and keeps it to its end."""
        return self._current

    @property
    def ingested(self) -> bool:
        """Whether the catalog is one that was ingested, and not the bundle's."""
        return self._catalog.table is not None

    @property
    def bundle_id(self) -> str | None:
        """The bundle that answers, if one does."""
        return self._current.bundle_id if self._current else None

    def open(self) -> None:
        """Load the champion and the catalog, then keep watching both."""
        self.check()
        self._watcher.start()

    def close(self) -> None:
        """Stop watching."""
        self._stopping.set()
        self._awake.set()
        self._watcher.join()

    def check(self) -> None:
        """Take up a new champion, catalog, change of the staff's or policy; a broken one leaves what there was."""
        heavy = self._check_link(), self._catalog.check()
        light = self._changes.check(), self._policy.check()
        of_titles = self._changes.current.of_titles
        # What is new stays so until something could be put together from it.
        self._stale = self._stale or any(heavy) or self._of_titles != of_titles
        if self._stale or self._whole is None:
            whole = self._put_together()
            self._dress(whole)
            self._of_titles, self._stale = of_titles, False
            self._metrics.show_bundle(self.bundle_id or "")
        elif any(light):
            self._dress(self._whole)

    def hear(self) -> None:
        """Show nobody any more what staff took down, at once; and look for what else they changed.

        While the database is away, what was known last holds.
        """
        try:
            self._changes.hear()
        except DatabaseDownError:
            log.info("changes.not_heard")
        with self._lock:
            if self._whole is not None:
                self._current = self._dressed(self._whole)
        self._awake.set()

    def _dress(self, whole: Replica | None) -> None:
        with self._lock:
            self._whole = whole
            self._current = None if whole is None else self._dressed(whole)

    def _dressed(self, whole: Replica) -> Replica:
        """Return a replica under the policy of now, without what is taken down."""
        policy, of_policy = self._policy.current
        dressed = replace(
            whole,
            policy=policy,
            missing=self._missing,
            versions=Versions(whole.versions.catalog, of_policy),
            mark=object(),
        )
        return dressed.without(self._changes.withdrawn)

    def _check_link(self) -> bool:
        try:
            target = self._link.resolve(strict=True)
        except OSError:
            return False  # nothing published yet, or the registry is out of reach
        if target == self._taken or self._refusal.holds(target):
            return False
        try:
            loaded = load(target)
        except Exception as error:  # noqa: BLE001  the old bundle must survive any new one
            self._refuse(target, error)
            return False
        self._taken, self._loaded, self._refusal = target, loaded, Refusal()
        log.info("bundle.taken", bundle=loaded.recommender.bundle_id)
        return True

    def _put_together(self) -> Replica | None:
        if self._loaded is not None:
            return self._under_catalog(self._loaded)
        catalog, of_catalog = self._known(TITLES.empty_table())
        if catalog is None or not len(catalog):
            return None
        plain, policy = CatalogOnly(catalog, _read(self._popular)), self._policy.policy
        return Replica.of(
            plain, self._artwork, policy, versions=Versions(of_catalog), changed=self._changed
        )

    def answering(self, loaded: Loaded) -> Replica:
        """Put a bundle together with the catalog and the policy of now."""
        return self._dressed(self._under_catalog(loaded))

    def _under_catalog(self, loaded: Loaded) -> Replica:
        recommender, micro, resuming = loaded
        catalog, of_catalog = self._known(recommender.catalog)
        whole = recommender if catalog is None else recommender.under(catalog)
        return Replica.of(
            whole,
            self._artwork,
            self._policy.policy,
            micro=micro,
            resuming=resuming,
            versions=Versions(of_catalog),
            offered=catalog,
            changed=self._changed,
        )

    def _known(self, otherwise: pa.Table) -> tuple[pa.Table | None, str]:
        """Return what was ingested as staff changed it, and its digest; without an ingest, what they changed of another."""
        (catalog, digest), changes = self._catalog.current, self._changes.current
        if not len(changes.titles):
            return catalog, digest
        base = otherwise if catalog is None else catalog
        return changes.over(base), joined(digest, str(changes.of_titles))

    @property
    def _changed(self) -> frozenset[str]:
        return frozenset(self._changes.current.titles["title_id"].to_pylist())

    @property
    def _missing(self) -> tuple[str, ...]:
        broken = {"catalog": self._catalog.broken, "policy": self._policy.broken}
        return tuple(name for name, is_broken in broken.items() if is_broken)

    def _refuse(self, target: Path, error: Exception) -> None:
        # What was wrong may have been the disk and not the bundle, so it is tried again, ever more rarely.
        if target != self._refusal.target:
            self._metrics.refused.inc()
        self._refusal = self._refusal.again(target)
        log.warning("bundle.refused", bundle=target.name, error=str(error))

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._awake.wait(CHECK_SECONDS)
            self._awake.clear()
            if self._stopping.is_set():
                return
            try:
                self.check()
            except Exception:  # the watch must outlive whatever it meets
                log.exception("champion.failed")


def _read(path: Path) -> pa.Table | None:
    """Read what the last night counted, if there was one and its file is whole."""
    try:
        return pq.read_table(path).select(POPULAR.names)
    except (OSError, KeyError, pa.ArrowException):
        return None

"""The index that answers, kept to the catalog in the background while the last one serves on."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import structlog

from recsys.errors import RecsysError
from recsys.schema import TITLES
from recsys.search import kept
from recsys.search.index import Index
from serving.bundles import Champion
from serving.refusals import NoCatalogError, NoIndexError
from serving.replica import Replica
from serving.search.changed import changed
from serving.search.view import View

log = structlog.get_logger()

CHECK_SECONDS = 0.5
PATIENCE = 10.0
"""Seconds for which a search waits for the first index of all."""
LONGEST_WAIT = 8.0
"""Seconds after which an index that could not be made is tried again at the latest."""


@dataclass(frozen=True, slots=True)
class Source:
    """What an index is made from: a file of titles, if there is one, and which state of it and of staff's changes."""

    catalog: Path | None
    state: object


class Keeper:
    """Watches which replica answers, and makes its catalog's index if nobody else has.

    Parameters
    ----------
    champion : Champion
    store : Path
        Holds the current catalog, and the indexes in ``search``.
    """

    def __init__(self, champion: Champion, store: Path) -> None:
        self._champion, self._root, self._artwork = champion, store / "search", store / "artwork"
        self._titles = store / "raw" / "titles.parquet"
        self._base: tuple[Path | None, Index] | None = None
        self._late: pa.Table | None = None
        self._index: Index | None = None
        self._view: View | None = None
        self._made: Source | None = None
        self._wait = CHECK_SECONDS
        self._lock, self._opened = threading.Lock(), threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="search", daemon=True)
        self._maker: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching; an index that is being made is given up."""
        self._stopping.set()
        self._opened.set()
        if (maker := self._maker) is not None:
            maker.terminate()
        self._thread.join()

    @property
    def at_hand(self) -> View | None:
        """What answers now, unless it would have to be put together first."""
        view = self._view
        return view if view is not None and view.replica is self._champion.current else None

    def view(self) -> View:
        """Return what answers now; its rights are those of the replica that answers now.

        Raises
        ------
        NoCatalogError
            If there is nothing at all to find.
        NoIndexError
            If the first index is still being made.
        """
        if (replica := self._champion.current) is None:
            raise NoCatalogError.now()
        if (view := self.at_hand) is not None:
            return view
        self._opened.wait(PATIENCE)
        return self._renewed(replica)

    def _renewed(self, replica: Replica) -> View:
        with self._lock:
            if self._index is None:
                raise NoIndexError.now()
            index, stale = self._index, self._source(replica) != self._made
            view = self._view
            if view is None or not view.is_of(index, replica, stale=stale):
                posters = _names(self._artwork)
                self._view = view = View.of(index, replica, posters, stale=stale)
            return view

    def _watch(self) -> None:
        while not self._stopping.wait(CHECK_SECONDS):
            try:
                self._check()
            except Exception:  # the watch must outlive whatever it meets
                log.exception("search.failed")

    def _check(self) -> None:
        if (replica := self._champion.current) is None:
            return
        source = self._source(replica)
        if source != self._made:
            self._take_up(source, replica)
        elif (view := self._view) is None or view.replica is not replica:
            self._renewed(replica)

    def _take_up(self, source: Source, replica: Replica) -> None:
        try:
            folder = None if source.catalog is None else kept.folder_of(source.catalog, self._root)
        except OSError:
            self._serve_on(replica)
            return
        missing = folder is not None and not folder.is_dir()
        if missing:
            self._serve_on(replica)
        if missing and not self._make(source):
            self._stopping.wait(self._wait)
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            return
        self._wait = CHECK_SECONDS
        if (folder is None or folder.is_dir()) and self._open(folder):
            self._answer_from(source, replica)

    def _serve_on(self, replica: Replica) -> None:
        """Answer from the last index there is, under staff's changes, while the right one is not to be had."""
        if (view := self._view) is not None and view.replica is replica:
            return
        if self._base is None and (folder := kept.newest(self._root)) is not None:
            self._open(folder)
        self._answer_from(None, replica)

    def _open(self, folder: Path | None) -> bool:
        if self._base is not None and self._base[0] == folder:
            return True
        try:
            opened = Index.of(TITLES.empty_table()) if folder is None else Index.open(folder)
        except RecsysError as error:
            log.warning("search.unreadable", index=_name(folder), error=str(error))
            if folder is not None:
                kept.discard(folder)
            return False
        self._base, self._late = (folder, opened), None
        log.info("search.taken", index=_name(folder))
        return True

    def _answer_from(self, made: Source | None, replica: Replica) -> None:
        """Answer from what is opened, under what staff changed since it was made."""
        if self._base is None:
            return
        late = changed(replica.offered, replica.changed)
        index = self._index
        if index is None or self._late is None or not late.equals(self._late):
            base = self._base[1]
            index = base.over(Index.of(late)) if len(late) else base
        with self._lock:
            self._index, self._late, self._made = index, late, made
        self._opened.set()
        self._renewed(replica)

    def _make(self, source: Source) -> bool:
        # In a process of its own: to make one takes the interpreter for seconds, which would be missing here.
        command = [sys.executable, "-m", "recsys.search", str(source.catalog), str(self._root)]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as self._maker:  # noqa: S603  our own
            _, said = self._maker.communicate()
            failed = self._maker.returncode != 0
        self._maker = None
        if failed and not self._stopping.is_set():
            log.info("search.not_made", error=said.decode(errors="replace")[-500:])
        return not failed

    def _source(self, replica: Replica) -> Source:
        state = replica.versions.catalog or replica.bundle_id or replica.mark
        if self._champion.ingested:
            return Source(self._titles, state)
        if replica.bundle_id is None:
            return Source(None, state)
        return Source(self._champion.bundles / replica.bundle_id / "catalog.parquet", state)


def _name(folder: Path | None) -> str:
    return "" if folder is None else folder.name


def _names(folder: Path) -> frozenset[str]:
    return frozenset(one.name for one in folder.iterdir()) if folder.is_dir() else frozenset()

"""What staff changed of the catalog, read again when there is news of it, and remembered on the disk.

The disk is for a replica that starts while the database is away: what was taken down stays so.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol, Self
from uuid import uuid4

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import structlog

from recsys.schema import TITLES
from recsys.titles import whole
from serving.database import DatabaseDownError

log = structlog.get_logger()

_SAID: Final = b"changes"
"""Under which key of the file's metadata stands what is no title."""


NONE: Final = -1
"""A revision before all."""


@dataclass(frozen=True, slots=True)
class Placement:
    """An editorial row, or a promotion.

    Attributes
    ----------
    kind : str
        "row" or "promotion".
    placement_id : str
    content : mapping
        As ``models/rows.toml`` would declare it, besides its id and its times.
    starts, ends : str or None
        ISO 8601, UTC; open where there is none.
    """

    kind: str
    placement_id: str
    content: Mapping[str, Any]
    starts: str | None
    ends: str | None

    def holds(self, now: datetime) -> bool:
        """Return whether it holds at a moment."""
        begun = self.starts is None or datetime.fromisoformat(self.starts) <= now
        return begun and (self.ends is None or now < datetime.fromisoformat(self.ends))


@dataclass(frozen=True, slots=True)
class Changes:
    """What staff changed.

    Attributes
    ----------
    revision : int
        Of the last change.
    of_titles : int
        Of the last change of a title.
    titles : pyarrow.Table
        TITLES that are other than they were ingested, or that were not.
    placements : tuple of Placement
    """

    revision: int = 0
    of_titles: int = 0
    titles: pa.Table = field(default_factory=TITLES.empty_table)
    placements: tuple[Placement, ...] = ()

    def over(self, catalog: pa.Table) -> pa.Table:
        """Return a catalog as staff changed it."""
        if not len(self.titles):
            return catalog
        kept = whole(catalog)
        others = pc.invert(pc.is_in(kept["title_id"], self.titles["title_id"].combine_chunks()))
        return pa.concat_tables([kept.filter(others), self.titles])

    def after(self, news: Self) -> Changes:
        """Return what is known after news, which hold only titles that changed since."""
        titles = news.over(self.titles) if news.revision > self.revision else news.titles
        return Changes(news.revision, news.of_titles, titles, news.placements)


class Source(Protocol):
    """Where changes are read; raises ``DatabaseDownError`` while that is away."""

    def since(self, revision: int) -> Changes | None:
        """Return what changed after a revision, ``None`` if nothing did; all of it, if that is none of its own."""

    def withdrawn(self) -> frozenset[str]:
        """Return the ids of the titles that are taken down."""


class CurrentChanges:
    """What staff changed, as far as it is known; a database that is away changes nothing.

    Parameters
    ----------
    source : Source
    path : Path
        The file that remembers it.

    Attributes
    ----------
    current : Changes
    withdrawn : frozenset of str
        Titles that are taken down.
    """

    def __init__(self, source: Source, path: Path) -> None:
        self._source, self._path = source, path
        self._lock = threading.Lock()
        self.current, self.withdrawn = _read(path)
        # What the disk remembers may be of another database, whose revisions say nothing of this one's.
        self._asked = False

    def check(self) -> bool:
        """Read what changed, and say whether anything did."""
        try:
            news = self._source.since(self.current.revision if self._asked else NONE)
            if news is None:
                return False
            self.current = self.current.after(news) if self._asked else news
            self._asked = True
            self.hear()
        except DatabaseDownError:
            return False
        try:
            _write(self._path, self.current, self.withdrawn)
        except OSError as error:
            log.warning("changes.not_remembered", path=str(self._path), error=str(error))
        return True

    def hear(self) -> None:
        """Read what is taken down, which must not wait for anything else.

        Raises
        ------
        DatabaseDownError
            If the database does not answer.
        """
        with self._lock:  # so that what was read last is what stays
            self.withdrawn = self._source.withdrawn()


def _read(path: Path) -> tuple[Changes, frozenset[str]]:
    try:
        table = pq.read_table(path)
        said = orjson.loads(table.schema.metadata[_SAID])
    except FileNotFoundError:
        return Changes(), frozenset()
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        log.warning("changes.unreadable", path=str(path), error=str(error))
        return Changes(), frozenset()
    placements = tuple(Placement(**one) for one in said["placements"])
    changes = Changes(said["revision"], said["of_titles"], whole(table), placements)
    return changes, frozenset(said["withdrawn"])


def _write(path: Path, changes: Changes, withdrawn: frozenset[str]) -> None:
    said = {
        "revision": changes.revision,
        "of_titles": changes.of_titles,
        "placements": [asdict(one) for one in changes.placements],
        "withdrawn": sorted(withdrawn),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        pq.write_table(changes.titles.replace_schema_metadata({_SAID: orjson.dumps(said)}), beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)

"""The catalog that the platform knows now, read again when an ingest changes it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import structlog

from recsys.errors import RecsysError
from recsys.titles import Titles, whole
from serving.digests import digest_of

log = structlog.get_logger()

Mark = tuple[int, int, int]


class CurrentCatalog:
    """The ingested titles: what may be asked and told about, and the rights that hold.

    Parameters
    ----------
    path : Path
        A file of the TITLES schema, replaced as a whole by whoever writes it.

    Attributes
    ----------
    current : tuple of pyarrow.Table and str
        The table and its digest, which belong together.
    table : pyarrow.Table or None
        What could last be read; a file that goes away or breaks changes nothing.
    digest : str
        Of the file's bytes when it could; "" while there is no table.
    broken : bool
        Whether the file is there and newer than ``table``, and cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken: Mark | None = None
        self._refused: Mark | None = None
        self.current: tuple[pa.Table | None, str] = (None, "")

    @property
    def table(self) -> pa.Table | None:
        """What could last be read."""
        return self.current[0]

    @property
    def digest(self) -> str:
        """Of the bytes of its file."""
        return self.current[1]

    @property
    def broken(self) -> bool:
        """Whether the file cannot be read as it is now."""
        return self._refused is not None

    def check(self) -> bool:
        """Read the file if it changed, and say whether there is something new to answer from."""
        try:
            facts = self._path.stat()
        except OSError:
            return False
        mark = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
        if mark == self._taken:
            return False
        try:
            digest, table = digest_of(self._path), whole(pq.read_table(self._path))
            Titles.from_table(table)
        except (OSError, pa.ArrowException, RecsysError) as error:
            return self._refuse(mark, error)
        self.current, self._taken, self._refused = (table, digest), mark, None
        return True

    def _refuse(self, mark: Mark, error: Exception) -> bool:
        # It may have been the disk, so the file is read again each time; but it is told once.
        new = mark != self._refused
        self._refused = mark
        if new:
            log.warning("catalog.unreadable", path=str(self._path), error=str(error))
        return new

"""The rows that a page may have as they are declared now, read again when their file changes."""

from __future__ import annotations

from pathlib import Path

import structlog

from recsys.errors import RecsysError
from recsys.page.policy import Policy
from serving.digests import digest_of

log = structlog.get_logger()


class CurrentPolicy:
    """The policy of pages; people decide about titles while the service runs.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    current : tuple of Policy and str
        The policy and its digest, which belong together.
    policy : Policy
        What could last be read; a file that goes away or breaks changes nothing.
    digest : str
        Of the file's bytes when it could.
    broken : bool
        Whether the file cannot be read as it is now.

    Raises
    ------
    ConfigError
        If there was nothing to begin with.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.current = (Policy.read(path), digest_of(path))
        self._taken = self._mark()
        self.broken = False

    @property
    def policy(self) -> Policy:
        """What could last be read."""
        return self.current[0]

    @property
    def digest(self) -> str:
        """Of the bytes of its file."""
        return self.current[1]

    def check(self) -> bool:
        """Read the file if it changed, and say whether there is something new to answer by."""
        if (mark := self._mark()) == self._taken:
            return False
        self._taken = mark
        try:
            self.current = (Policy.read(self._path), digest_of(self._path))
        except (OSError, RecsysError) as error:
            log.warning("policy.unreadable", path=str(self._path), error=str(error))
            self.broken = True
            return True
        self.broken = False
        return True

    def _mark(self) -> tuple[int, int, int]:
        try:
            facts = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return facts.st_mtime_ns, facts.st_size, facts.st_ino

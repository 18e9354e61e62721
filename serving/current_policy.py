"""The rows that a page may have as they are declared now, and as staff place more of them for a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import structlog
from pydantic import ValidationError

from recsys.errors import RecsysError
from recsys.page.kinds.editorial import Editorial
from recsys.page.policy import Policy
from recsys.page.rules import Promotion
from recsys.page.words import FOLDER, files_of
from serving.current_changes import Placement
from serving.digests import digest_of, joined

log = structlog.get_logger()

Current = tuple[Policy, str]
Mark = tuple[str, int, int, int]


class CurrentPolicy:
    """The policy of pages; people decide about titles while the service runs.

    Parameters
    ----------
    path : Path
    placed : callable
        Gives what staff placed.

    Attributes
    ----------
    current : Current
        The policy and its digest, which belong together.
    policy : Policy
        What could last be read; a file that goes away or breaks changes nothing.
    digest : str
        Of the bytes of the file and of those of its words when it could, and of what is placed.
    broken : bool
        Whether the file cannot be read as it is now.

    Raises
    ------
    ConfigError
        If there was nothing to begin with.
    """

    def __init__(self, path: Path, placed: Callable[[], Sequence[Placement]] = tuple) -> None:
        self._path, self._placed = path, placed
        self.current = self._declared = (Policy.read(path), self._digest())
        self._taken = self._mark()
        self._holding: list[Placement] = []
        self.broken = False

    @property
    def policy(self) -> Policy:
        """What could last be read."""
        return self.current[0]

    @property
    def declared(self) -> Policy:
        """What the file alone says."""
        return self._declared[0]

    @property
    def digest(self) -> str:
        """Of the bytes of its file."""
        return self.current[1]

    def check(self) -> bool:
        """Read the file if it changed, look at what is placed, and say whether there is something new to answer by."""
        now = datetime.now(UTC)
        read, holding = self._read(), [one for one in self._placed() if one.holds(now)]
        if not read and holding == self._holding:
            return False
        self._holding = holding
        self.current = joined_with(self._declared, holding)
        return True

    def _read(self) -> bool:
        if (mark := self._mark()) == self._taken:
            return False
        self._taken = mark
        try:
            self._declared = (Policy.read(self._path), self._digest())
        except (OSError, RecsysError) as error:
            log.warning("policy.unreadable", path=str(self._path), error=str(error))
            self.broken = True
            return True
        self.broken = False
        return True

    def _files(self) -> list[Path]:
        return [self._path, *files_of(self._path.parent / FOLDER)]

    def _digest(self) -> str:
        return joined(*(part for file in self._files() for part in (file.name, digest_of(file))))

    def _mark(self) -> tuple[Mark, ...]:
        return tuple(_mark(file) for file in self._files())


def _mark(file: Path) -> Mark:
    try:
        facts = file.stat()
    except OSError:
        return file.name, 0, 0, 0
    return file.name, facts.st_mtime_ns, facts.st_size, facts.st_ino


def joined_with(declared: Current, placements: Sequence[Placement]) -> Current:
    """Return a policy with what is placed; what does not go with the declared rows is left out, and told."""
    policy, digest = declared
    for one in placements:
        try:
            policy = with_placement(policy, one)
        except ValidationError as error:
            log.warning("placement.left_out", placement=one.placement_id, error=str(error))
    said = [orjson.dumps(one, default=dict).decode() for one in placements]
    return policy, joined(digest, *said) if said else digest


def with_placement(policy: Policy, placement: Placement) -> Policy:
    """Return a policy with one more editorial row, or promotion.

    Raises
    ------
    ValidationError
        If it is not what one must be, or does not go with the others.
    """
    # Its fields alone: what is worked out from them is kept with them, and is none.
    parts: dict[str, Any] = {name: getattr(policy, name) for name in Policy.model_fields}
    content: Mapping[str, Any] = {**placement.content, **_times(placement)}
    if placement.kind == "row":
        row = {"kind": "editorial", "row": placement.placement_id, **content}
        parts["rows"] = (*policy.rows, Editorial.model_validate(row))
    else:
        parts["promotions"] = (*policy.promotions, Promotion.model_validate(content))
    return Policy.model_validate(parts)


def _times(placement: Placement) -> dict[str, str]:
    given = {"starts": placement.starts, "ends": placement.ends}
    return {name: moment for name, moment in given.items() if moment is not None}

"""The viewers' limits as they were ingested: what is left while the database was never reached."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import structlog

log = structlog.get_logger()

CHILD = 0
"""The limit, in years, of a viewer whose own cannot be found out."""


class IngestedLimits:
    """The strictest maturity of each ingested viewer, read when it is first needed.

    Parameters
    ----------
    path : Path
        A file of the VIEWERS schema; where it is missing or broken nobody's limit is known.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, viewer_id: str, *, any_known: bool) -> int | None:
        """Return a viewer's limit in years, ``None`` for no limit.

        A viewer who is not in the file may be a child that came later, and is shown what is for
        everyone, unless nobody has a limit: then the service does not know limits.

        Parameters
        ----------
        viewer_id : str
        any_known : bool
            Whether it is known from elsewhere that somebody has a limit.
        """
        limits = self._limits
        if limits is None:
            return CHILD
        return limits.get(viewer_id, CHILD if any_known or self._any else None)

    @cached_property
    def _limits(self) -> dict[str, int | None] | None:
        try:
            table = pq.read_table(self._path, columns=["viewer_id", "maximum_age"])
        except (OSError, pa.ArrowException) as error:
            log.warning("viewers.unreadable", path=str(self._path), error=str(error))
            return None
        ids, ages = table["viewer_id"].to_pylist(), table["maximum_age"].to_pylist()
        return dict(zip(ids, ages, strict=True))

    @cached_property
    def _any(self) -> bool:
        return any(age is not None for age in (self._limits or {}).values())

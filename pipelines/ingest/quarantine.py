"""Bad rows: counted, kept beside the good ones with line and reason, and too many of them refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from pipelines.ingest.check import BadRow
from recsys.errors import TooManyBadRowsError

TOLERATED = 0.01
"""Share of the rows of one kind that may be bad."""


class Quarantine:
    """The bad rows of one run, written to ``<directory>/<file>.jsonl`` as they come.

    Parameters
    ----------
    directory : Path
    source : Path
        What is ingested; a file is named by its place in it.
    """

    def __init__(self, directory: Path, source: Path) -> None:
        self.directory, self.source = directory, source
        self.reasons: Counter[str] = Counter()
        self.files: set[str] = set()
        self._read: Counter[str] = Counter()
        self._bad: Counter[str] = Counter()
        self._first: dict[str, BadRow] = {}

    def add(self, kind: str, rows: int, bad: list[BadRow]) -> None:
        """Count ``rows`` read of a kind, of which some were bad."""
        self._read[kind] += rows
        self._bad[kind] += len(bad)
        self.reasons.update(row.reason for row in bad)
        if bad:
            self._first.setdefault(kind, bad[0])
            self._write(bad)

    @property
    def total(self) -> int:
        """All bad rows so far."""
        return self._bad.total()

    def refuse_too_many(self) -> None:
        """Stop the run if a kind of rows is worse than is tolerated.

        Raises
        ------
        TooManyBadRowsError
        """
        for kind, bad in self._bad.items():
            if bad > TOLERATED * self._read[kind]:
                first = self._first[kind]
                raise TooManyBadRowsError(
                    expected=f"at most {TOLERATED:.0%} bad rows among the {kind}",
                    got=f"{bad:,} of {self._read[kind]:,}, the first: {first.reason}",
                    where=f"{first.file}:{first.line}",
                    hint="Nothing was written",
                )

    def _write(self, bad: list[BadRow]) -> None:
        file = bad[0].file
        inside = file.relative_to(self.source) if file != self.source else Path(file.name)
        name = "__".join(inside.parts) + ".jsonl"
        self.directory.mkdir(exist_ok=True)
        # An earlier run's rows of the same file are replaced, not added to.
        with (self.directory / name).open("ab" if name in self.files else "wb") as target:
            target.writelines(_line(row) for row in bad)
        self.files.add(name)


def _line(bad: BadRow) -> bytes:
    row = bad.row["line"] if list(bad.row) == ["line"] else bad.row
    content: dict[str, Any] = {"line": bad.line, "reason": bad.reason, "row": row}
    return orjson.dumps(content, default=str, option=orjson.OPT_APPEND_NEWLINE)

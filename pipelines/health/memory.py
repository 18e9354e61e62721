"""What the last good night found, for what changes all days at once and shows in none of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from pipelines.decision import Record
from pipelines.files import atomic_file, fingerprint, read_json
from pipelines.health import counted

NAME: Final = "memory.json"
"""Lies in ``<store>/health``."""
_FORGET: Final = "Remove it: the next night has nothing to compare with, and writes it again"

Shares = dict[str, float]


class Memory(Record):
    """Shares of a good night's data, and of the one before it.

    Attributes
    ----------
    lake : str
        Hash of what the night was counted to. The same night done again, after a kill, is held against what it was
        held against before, and not against itself.
    now, before : dict of str to float
    """

    lake: str = ""
    now: Shares = Field(default_factory=dict)
    before: Shares = Field(default_factory=dict)

    @classmethod
    def read(cls, store: Path) -> Memory:
        """Read it, or return that of a store that has none.

        Raises
        ------
        InputError
            If it is damaged.
        """
        path = store / "health" / NAME
        return cls(**read_json(path, _FORGET)) if path.is_file() else cls()

    def next(self, store: Path, days: pa.Table) -> Memory:
        """Return what is to be remembered of the lake as it is, with what it is to be held against."""
        lake = fingerprint([store / "lake" / counted.NAME])
        before = self.before if lake == self.lake else self.now
        return Memory(lake=lake, now=shares(days), before=before)

    def write(self, store: Path) -> None:
        """Write it, once nothing stops the night."""
        with atomic_file(store / "health" / NAME) as beside:
            beside.write_text(self.model_dump_json(indent=1) + "\n")


def shares(days: pa.Table) -> Shares:
    """Return the shares, over all days together, of what a night is held against."""
    viewers = pc.sum(days["viewers"]).as_py() or 0
    silent = pc.sum(days["viewers_without_consent"]).as_py() or 0
    return {"viewers_without_consent": silent / viewers} if viewers else {}

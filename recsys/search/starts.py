"""What may be completed: every name from each of its words on, in order of letters, so that a beginning is a range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recsys.search.entries import mapped
from recsys.search.folding import words

STARTS: Final = pa.schema(
    [
        ("text", pa.large_binary()),
        ("owner", pa.int32()),
        ("whole", pa.bool_()),  # from its first word on
    ]
)
LONGEST: Final = 100
"""Bytes of a text that are kept; no longer beginning is looked for."""


class Begun(NamedTuple):
    """What begins so.

    Attributes
    ----------
    owners : int32 (n,)
    whole : bool (n,)
        Whether it does from its first word on.
    """

    owners: NDArray[np.int32]
    whole: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Starts:
    """Beginnings of names.

    Attributes
    ----------
    owners : int32 (n,)
        Of each text, in order of the texts: a number that the maker gave.
    whole : bool (n,)
    """

    owners: NDArray[np.int32]
    whole: NDArray[np.bool_]
    _offsets: NDArray[np.int64]
    _letters: memoryview
    _later: Starts | None = None

    @classmethod
    def from_table(cls, table: pa.Table) -> Self:
        """Read what ``table_of`` made."""
        if not len(table):
            empty = np.empty(0, np.int32)
            return cls(empty, empty.astype(bool), np.zeros(1, np.int64), memoryview(b""))
        _, offsets, letters = table["text"].chunk(0).buffers()
        return cls(
            table["owner"].to_numpy(),
            table["whole"].to_numpy(),
            np.frombuffer(offsets, np.int64, len(table) + 1),
            memoryview(letters if letters is not None else b""),
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Map a file into memory.

        Raises
        ------
        InputError
            If there is no such file, or it is another.
        """
        return cls.from_table(mapped(path, STARTS))

    def over(self, later: Starts, moved: NDArray[np.int32]) -> Starts:
        """Return these with later ones, whose owners are moved to other numbers."""
        return replace(self, _later=replace(later, owners=moved))

    def begun(self, beginning: str) -> Begun:
        """Return what begins so, in the order of its text."""
        low = beginning.encode()[:LONGEST]
        where = slice(self._place(low, after=False), self._place(low, after=True))
        own = Begun(self.owners[where], self.whole[where])
        if self._later is None:
            return own
        later = self._later.begun(beginning)
        return Begun(*(np.concatenate(pair) for pair in zip(own, later, strict=True)))

    def _place(self, wanted: bytes, *, after: bool) -> int:
        """Return the place of the first text that is not before what is wanted, or that no longer begins so."""
        first, last = 0, len(self.owners)
        while first < last:
            middle = (first + last) // 2
            at, end = self._offsets[middle], self._offsets[middle + 1]
            text = bytes(self._letters[at : min(end, at + len(wanted))])
            if text < wanted or (after and text == wanted):
                first = middle + 1
            else:
                last = middle
        return first


def table_of(names: Iterable[tuple[int, str]]) -> pa.Table:
    """Return the beginnings of names, each with the number of its owner."""
    found = sorted(set(_starts(names)))
    columns = zip(*found, strict=True) if found else ([], [], [])
    return pa.table(
        [pa.array(list(one), field.type) for one, field in zip(columns, STARTS, strict=True)],
        schema=STARTS,
    ).combine_chunks()


def _starts(names: Iterable[tuple[int, str]]) -> Iterator[tuple[bytes, int, bool]]:
    for owner, name in names:
        parts = words(name)
        texts = [part.text for part in parts]
        for at, part in enumerate(parts):
            text = " ".join(texts[at:])
            # Where nothing parts words, one may begin at every letter.
            for letter in range(len(part.text) if part.dense else 1):
                yield text[letter:].encode()[:LONGEST], owner, at == 0 and letter == 0

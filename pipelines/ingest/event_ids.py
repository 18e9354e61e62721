"""The ids of events: what a UUID looks like, and which ids were seen before.

A dozen passes over an id's bytes in NumPy cost less than one of an expression or a hash table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

UUID: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

_WIDTH = 36
_DASHES = [8, 13, 18, 23]
_DIGITS = np.setdiff1d(np.arange(_WIDTH), _DASHES)
_FACTORS = np.random.default_rng(0).integers(1, 2**63, 9, dtype=np.uint64) | np.uint64(1)


def are_uuids(ids: pa.ChunkedArray) -> bool:
    """Return whether all are UUIDs in text; False for a null too.

    Examples
    --------
    >>> right = "00000000-0000-0000-0000-00000000000F"
    >>> are_uuids(pa.chunked_array([[right]])), are_uuids(pa.chunked_array([[right, "0F"]]))
    (True, False)
    """
    if ids.null_count or not pc.all(pc.equal(pc.binary_length(ids), _WIDTH)).as_py():
        return False
    text = _bytes(ids, np.uint8)
    # Bytes are unsigned: what is below the first of a range comes out above all of it.
    hexadecimal = (text - ord("0") <= 9) | ((text | 0x20) - ord("a") <= 5)
    return bool((text[:, _DASHES] == ord("-")).all() and hexadecimal[:, _DIGITS].all())


def sums(ids: pa.ChunkedArray) -> NDArray[np.uint64]:
    """Return a 64-bit sum over the bytes of each UUID: other sums are other ids."""
    return _bytes(ids, np.uint32).astype(np.uint64) @ _FACTORS


class Seen:
    """The sums of ids that are stored, kept in sorted runs, of which each is twice the next or more.

    So a new run is merged with few old ones, and a question asks few runs.
    """

    def __init__(self) -> None:
        self._runs: list[NDArray[np.uint64]] = []

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        """Read the ids of all ``day=*/part-*.parquet`` below a folder."""
        seen = cls()
        for part in sorted(folder.glob("day=*/part-*.parquet")):
            seen.add(sums(pq.read_table(part, columns=["event_id"], partitioning=None)["event_id"]))
        return seen

    def add(self, new: NDArray[np.uint64]) -> None:
        """Remember further sums."""
        self._runs.append(np.sort(new))
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            self._runs[-2:] = [np.sort(np.concatenate(self._runs[-2:]))]

    def among(self, asked: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which sums were added before."""
        ascending = np.sort(asked)  # in this order the look-ups stay in the processor's cache
        found = [_common(ascending, run) for run in self._runs]
        known = np.concatenate([asked[:0], *found])
        return np.isin(asked, known) if len(known) else np.zeros(len(asked), bool)


def _common(asked: NDArray[np.uint64], run: NDArray[np.uint64]) -> NDArray[np.uint64]:
    places = np.minimum(np.searchsorted(run, asked), len(run) - 1)
    return asked[run[places] == asked] if len(run) else asked[:0]


def _bytes(ids: pa.ChunkedArray, kind: type[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """Return the text of ids of 36 bytes each, (n, 36 / size of the kind)."""
    raw = ids.cast(pa.binary()).cast(pa.binary(_WIDTH)).combine_chunks()
    text = np.frombuffer(raw.buffers()[1], np.uint8)[raw.offset * _WIDTH :][: len(raw) * _WIDTH]
    return text.view(kind).reshape(len(raw), _WIDTH // np.dtype(kind).itemsize)

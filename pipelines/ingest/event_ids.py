"""The ids of events: what a UUID looks like, and which ids were seen before.

A dozen passes over an id's bytes in NumPy cost less than one of an expression or a hash table.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

UUID: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

_WIDTH = 36
_DASHES = [8, 13, 18, 23]
_DIGITS = np.setdiff1d(np.arange(_WIDTH), _DASHES)
_FACTORS = np.random.default_rng(0).integers(1, 2**63, (2, _WIDTH // 4), np.uint64) | np.uint64(1)

_Ids: TypeAlias = NDArray[np.uint64]
"""Two numbers an id, (2, n), ascending by the first."""


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
    text = _letters(ids)
    # Bytes are unsigned: what is below the first of a range comes out above all of it.
    hexadecimal = (text - ord("0") <= 9) | ((text | 0x20) - ord("a") <= 5)
    return bool((text[:, _DASHES] == ord("-")).all() and hexadecimal[:, _DIGITS].all())


class Seen:
    """Ids that came, in sorted runs of which each is at least twice the next.

    So a new run is merged with few old ones, and an id is looked up in few runs. It takes 16 bytes an id.
    """

    def __init__(self) -> None:
        self._runs: list[_Ids] = []

    def fresh(self, ids: pa.ChunkedArray) -> NDArray[np.bool_]:
        """Return which rows hold an id that no earlier row held, nor an earlier call, and remember them.

        Parameters
        ----------
        ids : string (n,)
            UUIDs in small letters.

        Examples
        --------
        >>> one, other = (f"00000000-0000-0000-0000-00000000000{n}" for n in "af")
        >>> seen = Seen()
        >>> seen.fresh(pa.chunked_array([[one, one]])).tolist()
        [True, False]
        >>> seen.fresh(pa.chunked_array([[other, one]])).tolist()
        [True, False]
        """
        given = _numbers(ids)
        order = np.argsort(given[0])
        if _repeats(given[:, order]).any():
            order = np.argsort(given[0], kind="stable")  # slower, and the first row comes first
        given = given[:, order]
        known = _repeats(given)
        for run in self._runs:
            known |= _among(given, run)
        self._remember(given[:, ~known])
        fresh = np.empty_like(known)
        fresh[order] = ~known
        return fresh

    def _remember(self, new: _Ids) -> None:
        if not new.size:
            return
        self._runs.append(new)
        while len(self._runs) > 1 and self._runs[-2].size < 2 * self._runs[-1].size:
            both = np.concatenate(self._runs[-2:], axis=1)
            # A stable sort merges what is sorted already.
            self._runs[-2:] = [both[:, np.argsort(both[0], kind="stable")]]


def _repeats(ids: _Ids) -> NDArray[np.bool_]:
    again = np.zeros(ids.shape[1], bool)
    again[1:] = (ids[:, 1:] == ids[:, :-1]).all(axis=0)
    return again


def _among(asked: _Ids, run: _Ids) -> NDArray[np.bool_]:
    places = np.minimum(np.searchsorted(run[0], asked[0]), run.shape[1] - 1)
    # Few second numbers are looked at, since the first are as good as never the same by chance.
    found = run[0, places] == asked[0]
    found[found] = run[1, places[found]] == asked[1, found]
    return found


def _numbers(ids: pa.ChunkedArray) -> _Ids:
    """Return two sums over each UUID's text, by which ids are told apart.

    That two ids have both in common has a chance below 2**-64 a pair, and far below for random ids.
    """
    words = _letters(ids).view(np.uint32).astype(np.uint64)
    return np.stack([words @ factors for factors in _FACTORS])


def _letters(ids: pa.ChunkedArray) -> NDArray[np.uint8]:
    """Return the text of ids of 36 bytes each, (n, 36)."""
    raw = ids.cast(pa.binary()).cast(pa.binary(_WIDTH)).combine_chunks()
    text = np.frombuffer(raw.buffers()[1], np.uint8)[raw.offset * _WIDTH :][: len(raw) * _WIDTH]
    return text.reshape(len(raw), _WIDTH)

"""External ids (strings, as outside) and internal ids (dense row numbers), and the one border between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NewType, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys.errors import InputError

ExternalId = NewType("ExternalId", str)
"""An id as the outside world writes it."""

InternalIds = NDArray[np.int32]
"""Dense row numbers; ``UNKNOWN`` where the outside id has none."""

UNKNOWN = -1

NO_TITLES: Final = np.empty(0, np.int32)
"""Internal ids of none."""
NO_TITLES.setflags(write=False)

FEW = 32
"""So many ids are looked up one by one before an index of them would have been made."""


class IdMap:
    """A fixed set of external ids, in sorted order, so that the same set always gives the same numbers.

    Parameters
    ----------
    ids : iterable of str
        Distinct after deduplication; order does not matter.

    Examples
    --------
    >>> ids = IdMap(["b", "a", "c"])
    >>> ids.internal(["c", "zzz"]).tolist()
    [2, -1]
    >>> ids.external([0, 2]).tolist()
    ['a', 'c']
    """

    def __init__(self, ids: Iterable[str]) -> None:
        values = np.unique(np.asarray(list(ids), dtype=object).astype(str))
        self.values: NDArray[np.object_] = values.astype(object)
        self._index = pd.Index(self.values, dtype=object)

    def __len__(self) -> int:
        return len(self.values)

    def __contains__(self, external: object) -> bool:
        return external in self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdMap) and np.array_equal(self.values, other.values)

    __hash__ = None  # type: ignore[assignment]  # compared by content, never a key

    def __repr__(self) -> str:
        return f"IdMap({len(self):,} ids)"

    def internal(self, externals: Iterable[str]) -> InternalIds:
        """Return the row numbers, ``UNKNOWN`` (-1) for an id that is not in the set."""
        wanted = list(externals)
        if len(wanted) <= FEW:
            return np.array([self._one(external) for external in wanted], np.int32)
        index = pd.Index(np.asarray(wanted, dtype=object), dtype=object)
        return self._index.get_indexer(index).astype(np.int32)

    def _one(self, external: str) -> int:
        # Each id stands once, so that its place is a number.
        return cast("int", self._index.get_loc(external)) if external in self._index else UNKNOWN

    def external(self, internals: Sequence[int] | InternalIds) -> NDArray[np.object_]:
        """Return the outside ids of row numbers in ``0 .. len(self) - 1``.

        Raises
        ------
        InputError
            If a number is negative or past the end.
        """
        rows = np.asarray(internals)
        self.check(rows, "IdMap.external")
        return self.values[rows]

    def check(self, internals: InternalIds, where: str) -> None:
        """Raise InputError unless all are row numbers in ``0 .. len(self) - 1``."""
        bad = internals[(internals < 0) | (internals >= len(self))]
        if bad.size:
            raise InputError(
                expected=f"internal ids in 0..{len(self) - 1}", got=bad[0], where=where
            )

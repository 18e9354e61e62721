"""The place of each event among its viewer's, counted on from folder to folder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa


class Numbering:
    """Counts events of each id; ids are given again and again, always in the order of time."""

    def __init__(self) -> None:
        self._next = pd.Series(dtype=np.int64)

    def number(self, ids: pa.Array) -> pa.Array:
        """Return the place of each entry among all entries so far with its id, from 0.

        Parameters
        ----------
        ids : string (n,)

        Returns
        -------
        int32 (n,)

        Examples
        --------
        >>> numbering = Numbering()
        >>> numbering.number(pa.array(["a", "b", "a"])).to_pylist()
        [0, 0, 1]
        >>> numbering.number(pa.array(["a"])).to_pylist()
        [2]
        """
        encoded = ids.dictionary_encode()
        names = pd.Index(encoded.dictionary.to_pylist(), dtype=object)
        codes = pd.Series(encoded.indices.to_numpy())
        before = self._next.reindex(names, fill_value=0)
        places = codes.groupby(codes).cumcount().to_numpy() + before.to_numpy()[codes]
        after = before + np.bincount(codes, minlength=len(names))
        self._next = after.combine_first(self._next).astype(np.int64)
        return pa.array(places, pa.int32())

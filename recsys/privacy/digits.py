"""Numbers made coarse enough not to be a key."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

_MOST = 300
"""Decimal places beyond which a float64 has no power of ten to be scaled with."""


def significant(numbers: pa.Array | pa.ChunkedArray, digits: int) -> pa.Array:
    """Return each number with so many significant digits; null where it is too small to have them.

    Parameters
    ----------
    numbers : float64 (n,)
        Finite or null.
    digits : int
        At least 1.

    Examples
    --------
    >>> significant(pa.array([0.123456789, 5432.1, -1.0, 0.0, None]), 2).to_pylist()
    [0.12, 5400.0, -1.0, 0.0, None]
    """
    column = numbers.combine_chunks() if isinstance(numbers, pa.ChunkedArray) else numbers
    values = column.fill_null(0.0).to_numpy(zero_copy_only=False)
    size = np.where(values == 0, 1.0, np.abs(values))
    places = np.clip(digits - 1 - np.floor(np.log10(size)), -_MOST, _MOST)
    # Powers of ten below one are not exact, so a number is divided by the one above instead.
    up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
    rounded = np.round(values * up / down) * down / up + 0.0  # which makes -0 into 0
    lost = column.is_null().to_numpy(zero_copy_only=False) | ((rounded == 0) & (values != 0))
    return pa.array(rounded, pa.float64(), mask=lost)

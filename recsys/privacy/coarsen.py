"""Times made coarse enough not to be a fingerprint."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from recsys.schema import TIME


def coarsen(moments: pa.Array | pa.ChunkedArray, seconds: int) -> pa.Array | pa.ChunkedArray:
    """Return each time floored to a multiple of ``seconds`` since the epoch, so never a later one.

    Parameters
    ----------
    moments : timestamp[us, UTC] (n,)
    seconds : int
        At least 1.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = pa.array([datetime(2026, 5, 1, 20, 59, 59, tzinfo=UTC)], TIME)
    >>> coarsen(at, 3600)[0].as_py().isoformat()
    '2026-05-01T20:00:00+00:00'
    """
    step = seconds * 1_000_000
    ticks = moments.cast(pa.int64())
    remainder = pc.subtract(ticks, pc.multiply(pc.divide(ticks, step), step))
    # Arrow divides towards zero, so before the epoch a remainder is negative.
    below = pc.if_else(pc.less(remainder, 0), pc.add(remainder, step), remainder)
    return pc.subtract(ticks, below).cast(TIME)

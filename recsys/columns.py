"""The columns of a table of interactions, read and checked."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import UNKNOWN, InternalIds
from recsys.schema import DEVICE_TYPES, INTERACTIONS


def seconds(column: pa.ChunkedArray) -> NDArray[np.datetime64]:
    """Return times as datetime64[s]."""
    moments = column.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
    return moments.astype("datetime64[s]")


def portions(table: pa.Table) -> NDArray[np.float32]:
    """Return the watched portions; NaN where unknown."""
    column = table["watched_portion"].cast(pa.float32())
    return column.fill_null(float("nan")).to_numpy(zero_copy_only=False)


def devices(table: pa.Table) -> NDArray[np.int8]:
    """Return the rows of ``DEVICE_TYPES``; -1 where unknown."""
    rows = pc.index_in(table["device_type"], pa.array(DEVICE_TYPES)).fill_null(UNKNOWN)
    return rows.to_numpy(zero_copy_only=False).astype(np.int8)


def check_weights(weights: NDArray[np.float32], where: str) -> None:
    """Raise InputError unless every weight is a finite number of at least 0."""
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(bad):
        raise InputError(
            expected="a finite weight of at least 0",
            got=weights[bad[0]],
            where=f"{where}, row {bad[0]}",
        )


def check_filled(table: pa.Table) -> None:
    """Raise InputError if a required column has an empty value."""
    for field in INTERACTIONS:
        empty = table[field.name].null_count
        if empty and not field.nullable:
            raise InputError(
                expected="a value in every row",
                got=f"{empty} empty",
                where=f"interactions, column {field.name}",
            )


def check_pairs(viewers: InternalIds, titles: InternalIds, n_titles: int) -> None:
    """Raise InputError if a pair of viewer and title comes twice."""
    pairs = viewers.astype(np.int64) * n_titles + titles
    if len(np.unique(pairs)) != len(pairs):
        raise InputError(
            expected="each pair of viewer and title once",
            got=f"{len(pairs) - len(np.unique(pairs))} repeated pairs",
            where="interactions",
        )

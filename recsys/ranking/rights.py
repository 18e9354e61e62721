"""What may be shown to whom: fail-closed, and known before the search rather than filtered after it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.context import Context
from recsys.interactions import Histories
from recsys.schema import MATURITY_AGES, TIME
from recsys.titles import Titles

STRICTEST = max(MATURITY_AGES.values())


def allowed(titles: Titles, context: Context) -> NDArray[np.bool_]:
    """Return which titles a context may be shown, bool (n_titles,).

    A title is shown where its list of regions is empty or holds the viewer's, within its window
    (``available_from <= now < available_until``), and to viewers old enough. What is not known
    counts against showing: an unknown maturity is the strictest one, and a viewer whose region is
    unknown sees only what may be shown everywhere.
    """
    table = titles.table
    return (
        _in_region(table["regions"], context.region)
        & _in_window(table, context.now)
        & _old_enough(table["maturity_rating"], context.maximum_age)
    )


def closed(titles: Titles, histories: Histories, moment: np.datetime64) -> NDArray[np.bool_]:
    """Return what was out of the question then, bool (n_histories, n_titles): seen, or not shown."""
    shut = np.repeat(~_in_window(titles.table, utc(moment))[None], len(histories), axis=0)
    known = histories.known()
    shut[known.viewers, known.titles] = True
    return shut


def utc(moment: np.datetime64) -> datetime:
    """Return a moment of the interactions as a time with its zone."""
    return datetime.fromtimestamp(int(moment.astype("datetime64[s]").astype(np.int64)), UTC)


def _in_region(regions: pa.ChunkedArray, region: str) -> NDArray[np.bool_]:
    everywhere = pc.equal(pc.fill_null(pc.list_value_length(regions), 0), 0)
    shown = np.array(everywhere.to_numpy(zero_copy_only=False), dtype=bool)
    if region:
        whole = regions.combine_chunks() if isinstance(regions, pa.ChunkedArray) else regions
        rows = pc.list_parent_indices(whole).to_numpy(zero_copy_only=False)
        match = pc.equal(pc.list_flatten(whole), region).to_numpy(zero_copy_only=False)
        shown[rows[match.astype(bool)]] = True
    return shown


def _in_window(table: pa.Table, moment: datetime) -> NDArray[np.bool_]:
    now = pa.scalar(moment, TIME)
    begun = pc.fill_null(pc.less_equal(table["available_from"], now), fill_value=True)
    lasting = pc.fill_null(pc.greater(table["available_until"], now), fill_value=True)
    return pc.and_(begun, lasting).to_numpy(zero_copy_only=False).astype(bool)


def _old_enough(ratings: pa.ChunkedArray, maximum_age: int | None) -> NDArray[np.bool_]:
    if maximum_age is None:
        return np.ones(len(ratings), bool)
    names = pa.array(list(MATURITY_AGES))
    ages = np.array([*MATURITY_AGES.values(), STRICTEST])
    rows = pc.fill_null(pc.index_in(ratings, names), len(names)).to_numpy(zero_copy_only=False)
    return ages[rows] <= maximum_age

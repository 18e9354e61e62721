"""Groups that too few viewers are in, which would point at somebody."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def crowds(pairs: pa.Table, k: int) -> pa.Table:
    """Return the groups that at least ``k`` distinct viewers are in.

    Parameters
    ----------
    pairs : pyarrow.Table
        The column ``viewer_id``; its other columns together name the group. A pair may come often.
    k : int
        At least 1.

    Returns
    -------
    pyarrow.Table
        The group's columns, each group once, in no order.

    Examples
    --------
    >>> pairs = pa.table({"viewer_id": ["a", "b", "a"], "title_id": ["x", "x", "y"]})
    >>> crowds(pairs, 2)["title_id"].to_pylist()
    ['x']
    """
    names = [name for name in pairs.column_names if name != "viewer_id"]
    counted = pairs.group_by(names).aggregate([("viewer_id", "count_distinct")])
    return counted.filter(pc.greater_equal(counted["viewer_id_count_distinct"], k)).select(names)

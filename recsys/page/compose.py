"""From many rows to one page: no title twice, nothing that was seen, no row too short."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from recsys.ids import InternalIds
from recsys.page.rows import Row

LONGEST = 20
SHORTEST = 4


def compose(
    rows: Iterable[Row],
    *,
    seen: InternalIds,
    longest: int = LONGEST,
    shortest: int = SHORTEST,
) -> list[Row]:
    """Return the rows of a page, in the order given.

    Parameters
    ----------
    rows : iterable of Row
        Each as long as it can be: what an earlier row takes is missing from a later one.
    seen : int32 (n,)
        Titles that may not come back.
    longest, shortest : int
        A row is cut to ``longest``; one with fewer than ``shortest`` left is dropped, and gives back
        what it took.
    """
    taken = np.asarray(seen, np.int32)
    page: list[Row] = []
    used: set[str] = set()
    for row in rows:
        free = row.titles.take(~np.isin(row.titles.ids, taken))
        _, first = np.unique(free.ids, return_index=True)
        titles = free.take(np.sort(first)[:longest])
        if len(titles.ids) < shortest or row.row_id in used:
            continue
        page.append(row.with_titles(titles))
        used.add(row.row_id)
        taken = np.concatenate([taken, titles.ids])
    return page

"""From the titles that are still free for a row to those that stand in it: caps and promotions."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.page.material import Material
from recsys.page.policy import Policy
from recsys.page.ranked import Ranked, Row
from recsys.page.rules import capped, places, promoted

OWN: Final = ("continue-watching", "my-list", "watch-again")
"""Rows in which nothing is promoted: they hold what their name says and no more."""


class Filler:
    """Fills the rows of one page in turn.

    Parameters
    ----------
    material : Material
    policy : Policy
    """

    def __init__(self, material: Material, policy: Policy) -> None:
        self._material, self._policy = material, policy
        self.taken = np.zeros(len(material.allowed), bool)
        """Titles that stand on the page, bool (n_titles,)."""
        self._promoted = [(one.share, list(promoted(one, material))) for one in policy.promotions]

    def fill(self, row: Row, n: int) -> Row:
        """Return a row of up to ``n`` titles as it is shown, and take them."""
        (free,) = np.nonzero(~self.taken[row.titles.ids])
        ids = row.titles.ids[free]
        kept = capped(ids, self._policy.caps, self._material.facts, n)
        filled = row.take(free[kept])
        if row.kind not in OWN and row.source != "editorial":
            filled = self._with_promoted(filled)
        self.taken[filled.titles.ids] = True
        return filled

    def _with_promoted(self, row: Row) -> Row:
        for share, waiting in self._promoted:
            for place in places(share, len(row.titles)):
                if (title := self._next(waiting, row.titles.ids)) is not None:
                    row = _inserted(row, place, title, self._material.appeal)
        return row

    def _next(self, waiting: list[int], ids: NDArray[np.int32]) -> int | None:
        while waiting:
            title = waiting.pop(0)
            if not self.taken[title] and title not in ids:
                return int(title)
        return None


def _inserted(row: Row, place: int, title: int, appeal: NDArray[np.float32]) -> Row:
    """Put a title into a row; the last gives way."""
    one = Ranked.of(np.array([title], np.int32), appeal[[title]], "promoted")
    before, after = row.titles.take(slice(0, place)), row.titles.take(slice(place, -1))
    return row.with_titles(before.then(one).then(after))

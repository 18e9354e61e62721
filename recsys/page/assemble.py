"""From proposed rows to one page: rows are chosen and ordered jointly, each given those above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.page.fill import Filler
from recsys.page.genres import miscalibration, mix
from recsys.page.grid import Grid
from recsys.page.material import Material
from recsys.page.policy import Policy
from recsys.page.ranked import Row
from recsys.page.rules import factors


def assemble(proposed: Sequence[Row], material: Material, policy: Policy) -> list[Row]:
    r"""Return the rows of a page, in order; no title stands on it twice.

    Greedily, row after row, the one that adds most to

    .. math:: (1 - \lambda) \sum_{r, c} \rho^r \kappa^c a_{rc} - \lambda \, KL(p \,\|\, q)

    where :math:`a_{rc}` is the appeal of what stands there and is not above it, :math:`p` the history's mix of
    genres and :math:`q` the page's, each place counting as it is looked at (Steck, RecSys 2018).

    Parameters
    ----------
    proposed : sequence of Row
        Each longer than it can be shown.
    material : Material
    policy : Policy
    """
    kept = [row for row in proposed if len(row.titles) >= policy.page.shortest]
    if not kept:
        return []
    grid = Grid.of(kept, material, policy, factors(policy.boosts, material))
    return _Assembly(grid, material, policy).run()


class _Assembly:
    """A page in the making."""

    def __init__(self, grid: Grid, material: Material, policy: Policy) -> None:
        self._grid, self._policy = grid, policy
        layout, genres, history = policy.page, material.facts.genres, material.history
        self._filler = Filler(material, policy)
        self._wanted = mix(genres.mass(history.titles, history.weights))
        self._mass = np.zeros_like(self._wanted)
        self._by_row = layout.examination.rows(layout.rows)
        self._width = policy.width(int(material.fresh.sum()))
        self._by_column = layout.examination.columns(self._width)
        self._open = np.ones(len(grid.rows), bool)
        self._counts: Counter[str] = Counter()

    def run(self) -> list[Row]:
        """Choose row after row until the page is full or nothing is left."""
        page: list[Row] = []
        while len(page) < self._policy.page.rows:
            free = self._grid.there & ~self._filler.taken[self._grid.ids]
            candidates = self._candidates(free.sum(axis=1), len(page))
            if not candidates.any():
                break
            best = self._best(self._looks(free), candidates, self._by_row[len(page)])
            page.append(self._filler.fill(self._grid.rows[best], self._width))
            self._open[best] = False
            self._counts[page[-1].kind] += 1
        return page

    def _looks(self, free: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return how likely each title is looked at in its row if that is chosen now, (n_rows, length)."""
        places = np.cumsum(free, axis=1) - 1
        last = len(self._by_column) - 1
        looks = self._by_column[np.clip(places, 0, last)]
        return np.where(free & (places <= last), looks, np.float32(0))

    def _candidates(self, free: NDArray[np.int64], n_chosen: int) -> NDArray[np.bool_]:
        """Return which rows may come next: those that must, when it is now or never.

        That is so where no places are left for others, or where one other row could take so many of its
        titles that it would be too short.
        """
        layout, counts, kinds = self._policy.page, self._counts, self._policy.kinds
        entries = [(kinds[row.kind], counts[row.kind]) for row in self._grid.rows]
        below = np.array([there < kind.most for kind, there in entries], bool)
        owed = np.array([max(kind.least - there, 0) for kind, there in entries])
        may = self._open & below & (free >= layout.shortest)
        due = {
            row.kind: n for row, n, may_be in zip(self._grid.rows, owed, may, strict=True) if may_be
        }
        no_room = sum(due.values()) >= layout.rows - n_chosen
        must = may & (owed > 0) & (no_room | (free < self._width + layout.shortest))
        return must if must.any() else may

    def _best(
        self, look: NDArray[np.float32], candidates: NDArray[np.bool_], seen: np.float32
    ) -> int:
        layout = self._policy.page
        scale = layout.appeal.first * self._by_column.sum()
        engagement = seen * (look * self._grid.value).sum(axis=1) / scale
        masses = self._mass + seen * np.einsum("nl,nlg->ng", look, self._grid.shares)
        off = miscalibration(self._wanted, mix(masses))
        gain = (1 - layout.calibration) * engagement - layout.calibration * off
        best = int(np.where(candidates, gain, -np.inf).argmax())
        self._mass = masses[best]
        return best

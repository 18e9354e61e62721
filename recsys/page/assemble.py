"""From proposed rows to one page: rows are chosen and ordered jointly, each given those above it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.page.aim import Aim
from recsys.page.fill import fill
from recsys.page.grid import Grid
from recsys.page.material import Material
from recsys.page.policy import Policy
from recsys.page.ranked import Row
from recsys.page.rules import Weights


def assemble(
    proposed: Sequence[Row], material: Material, policy: Policy, seed: int = 0
) -> list[Row]:
    """Return the rows of a page, in order; no title stands on it twice.

    Rows are chosen greedily, one after the other, the one that adds most to the page's aim given those above it;
    then the titles that they have in common go where they are likeliest looked at.

    Parameters
    ----------
    proposed : sequence of Row
        Each longer than it can be shown.
    material : Material
    policy : Policy
    seed : int
        By which is drawn what the page explores.
    """
    longest = max((len(row.titles) for row in proposed), default=0)
    # Where hardly anything may be shown, a short row is better than none.
    policy = policy.with_page(shortest=max(1, min(policy.page.shortest, longest)))
    kept = [row for row in proposed if len(row.titles) >= policy.shortest(row.kind)]
    if not kept:
        return []
    width = policy.width(int(material.fresh.sum()))
    grid = Grid.of(kept, material, policy, Weights.of(policy.boosts, policy.fatigue, material))
    chosen = _Choice(grid, material, policy, width).run()
    page = fill(grid, chosen, material, policy, width=width, seed=seed)
    if page or policy.page.shortest == 1:
        return page
    # Caps may leave no row long enough, and a page of short rows is better than none.
    shorter = policy.with_page(shortest=1)
    return fill(grid, chosen, material, shorter, width=width, seed=seed)


class _Choice:
    """The rows of a page in the making."""

    def __init__(self, grid: Grid, material: Material, policy: Policy, width: int) -> None:
        self._grid, self._policy, self._width = grid, policy, width
        self._aim = Aim.of(material, policy.page, width)
        self._traits = self._aim.traits(grid.shares)
        self._by_row = policy.page.examination.rows(policy.page.rows)
        self._by_column = policy.page.examination.columns(width)
        self._taken = np.zeros(len(material.allowed), bool)
        self._open = np.ones(len(grid.rows), bool)
        kinds = sorted({row.kind for row in grid.rows})
        self._kinds = np.array([kinds.index(row.kind) for row in grid.rows])
        self._least = np.array([policy.kinds[kind].least for kind in kinds])
        self._most = np.array([policy.kinds[kind].most for kind in kinds])
        self._counts = np.zeros(len(kinds), np.int64)
        self._shortest = np.array([policy.shortest(row.kind) for row in grid.rows])

    def run(self) -> list[int]:
        """Choose row after row until the page is full or nothing is left."""
        chosen: list[int] = []
        while len(chosen) < self._policy.page.rows:
            free = self._grid.there & ~self._taken[self._grid.ids]
            candidates = self._candidates(free.sum(axis=1), len(chosen))
            if not candidates.any():
                break
            look = self._by_row[len(chosen)] * self._looks(free)
            best = self._best(look, candidates)
            chosen.append(best)
            self._taken[self._grid.ids[best][look[best] > 0]] = True
            self._open[best] = False
            self._counts[self._kinds[best]] += 1
        return chosen

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
        layout, kinds = self._policy.page, self._kinds
        below, owed = self._counts < self._most, np.maximum(self._least - self._counts, 0)
        may = self._open & below[kinds] & (free >= self._shortest)
        due = np.zeros(len(owed), bool)
        due[kinds[may]] = True
        no_room = owed[due].sum() >= layout.rows - n_chosen
        must = may & (owed[kinds] > 0) & (no_room | (free < self._width + self._shortest))
        return must if must.any() else may

    def _best(self, look: NDArray[np.float32], candidates: NDArray[np.bool_]) -> int:
        masses = (look[:, None] @ self._traits)[:, 0]
        gain = self._aim.gains((look * self._grid.value).sum(axis=1), masses)
        best = int(np.where(candidates, gain, -np.inf).argmax())
        self._aim.mass = self._aim.mass + masses[best]
        return best

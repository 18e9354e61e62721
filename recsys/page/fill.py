"""From chosen rows to the titles that stand in them: all rows are filled at once, the likeliest looked at places first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from recsys.page.aim import Aim
from recsys.page.grid import Grid
from recsys.page.line import Line
from recsys.page.margin import Margin
from recsys.page.material import Material
from recsys.page.others import Others
from recsys.page.policy import Policy
from recsys.page.ranked import Row

AHEAD: Final = 6
"""Free titles of a row among which one is chosen for a place, where genres are to be brought into their shares."""
BARELY: Final = 0.12
"""A place that is looked at no likelier than this is not worth choosing for."""


def fill(
    grid: Grid, chosen: Sequence[int], material: Material, policy: Policy, *, width: int, seed: int
) -> list[Row]:
    """Return chosen rows as they are shown; no title stands on the page twice.

    A title goes to the likeliest looked at of the places that could show it, so that the first row does not take
    what would open the next ones. A row that gets too short is left out, one that the page must have last of all,
    and its titles are given back.

    Parameters
    ----------
    grid : Grid
    chosen : sequence of int
        Rows of the grid, in the order of the page.
    material : Material
    policy : Policy
    width : int
        Most titles in a row.
    seed : int
        By which is drawn what the page explores.
    """
    kept = list(chosen)
    while kept:
        lines = _Filling(grid, kept, material, policy, width=width, seed=seed).run()
        short = [
            at for at, line in enumerate(lines) if len(line.chosen) < policy.shortest(line.row.kind)
        ]
        if not short:
            return [_shown(line, material) for line in lines]
        # The last of those that need not be there goes first: what it gives back may be enough for the others.
        least = policy.kinds
        kept.pop(max(short, key=lambda at: (not least[lines[at].row.kind].least, at)))
    return []


class _Filling:
    """One attempt to fill the rows of a page."""

    def __init__(
        self,
        grid: Grid,
        chosen: Sequence[int],
        material: Material,
        policy: Policy,
        *,
        width: int,
        seed: int,
    ) -> None:
        self._layout, self._width = policy.page, width
        aim = Aim.of(material, policy.page, width)
        self._chooses = aim.on
        self._margin = Margin(aim, material.facts.genres.of_title)
        self._lines = [Line.of(grid, at, policy.caps, material.facts) for at in chosen]
        self._others = Others(self._lines, material, policy, width, seed)
        self._taken: set[int] = set()
        self._reserve(policy)

    def run(self) -> list[Line]:
        """Fill the places in the order in which they are looked at."""
        looks = self._layout.examination
        seen = np.outer(looks.rows(len(self._lines)), looks.columns(self._width)).ravel()
        cells = np.argsort(-seen, kind="stable")
        n_matter = int((seen > BARELY).sum()) if self._chooses else 0
        for turn, (cell, look) in enumerate(zip(cells.tolist(), seen[cells].tolist(), strict=True)):
            at, place = divmod(cell, self._width)
            line = self._lines[at]
            if place == len(line.chosen):
                self._place(at, line, look if turn < n_matter else 0.0)
        return self._lines

    def _reserve(self, policy: Policy) -> None:
        """Keep enough of their titles for rows that a page must have and that hold few, the scarcest first."""
        kept_for: dict[int, Line] = {}
        scarce = [
            line
            for line in self._lines
            if policy.kinds[line.row.kind].least and len(line.ids) < 2 * self._width
        ]
        for line in sorted(scarce, key=lambda line: len(line.ids)):
            free = [title for title in line.ids if title not in kept_for]
            kept_for |= dict.fromkeys(free[: policy.page.shortest], line)
        for line in self._lines if kept_for else ():
            line.left = [at for at in line.left if kept_for.get(line.ids[at], line) is line]

    def _place(self, at: int, line: Line, look: float) -> None:
        """Put a title in a row's next place; ``look`` is 0 where the place is not worth choosing for."""
        if (other := self._others.next(at, self._taken)) is not None:
            self._put(line, *other, look)
            return
        n = AHEAD if look and not line.row.in_order else 1
        if options := line.ahead(self._taken, n):
            best = options[0]
            if len(options) > 1:
                best = self._margin.best(line.value, line.ids, options)
            self._put(line, line.ids[best], line.sources[best], look)

    def _put(self, line: Line, title: int, source: str, look: float) -> None:
        line.chosen.append((title, source))
        self._taken.add(title)
        if look:
            self._margin.put(title, look)


def _shown(line: Line, material: Material) -> Row:
    return replace(
        line.row, titles=line.titles(material.appeal), appeal=None, open_to=None, chance=line.chance
    )

"""From chosen rows to the titles that stand in them: all rows are filled at once, the likeliest looked at places first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from recsys.ids import InternalIds
from recsys.page.aim import Aim
from recsys.page.explore import Draw
from recsys.page.grid import Grid
from recsys.page.line import Line
from recsys.page.material import Material
from recsys.page.policy import Policy
from recsys.page.ranked import Row
from recsys.page.rules import places, promoted

OWN: Final = ("begun", "listed", "finished", "editorial")
"""Sources of rows in which nothing is promoted or explored: they hold what their name says and no more."""
AHEAD: Final = 6
"""Free titles of a row among which one is chosen for a place, where genres are to be brought into their shares."""
BARELY: Final = 0.12
"""A place that is looked at no likelier than this is not worth choosing for."""


def fill(
    grid: Grid, chosen: Sequence[int], material: Material, policy: Policy, *, width: int, seed: int
) -> list[Row]:
    """Return chosen rows as they are shown; no title stands on the page twice.

    A title goes to the likeliest looked at of the places that could show it, so that the first row does not take
    what would open the next ones. A row that gets too short is left out, and its titles are given back.

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
    while True:
        lines = _Filling(grid, kept, material, policy, width=width, seed=seed).run()
        short = [len(line.chosen) < policy.page.shortest for line in lines]
        if not any(short):
            return [_shown(line, material) for line in lines]
        kept = [at for at, is_short in zip(kept, short, strict=True) if not is_short]


class _Filling:
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
        self._lines = [Line.of(grid, at, policy.caps, material.facts) for at in chosen]
        self._layout, self._width = policy.page, width
        self._aim = Aim.of(material, policy.page, width)
        self._taken: set[int] = set()
        self._draw = Draw.of(policy.exploration, material, seed)
        self._explored = [self._special(line, policy.exploration.share) for line in self._lines]
        self._promoted = [
            (
                [self._special(line, one.share) for line in self._lines],
                _each(promoted(one, material)),
            )
            for one in policy.promotions
        ]

    def run(self) -> list[Line]:
        """Fill the places in the order in which they are looked at."""
        looks = self._layout.examination
        places_seen = np.outer(looks.rows(len(self._lines)), looks.columns(self._width))
        for cell in np.argsort(-places_seen, axis=None, kind="stable").tolist():
            at, place = divmod(cell, self._width)
            if place == len(self._lines[at].chosen):
                self._place(at, float(places_seen[at, place]))
        return self._lines

    def _place(self, at: int, look: float) -> None:
        line, place = self._lines[at], len(self._lines[at].chosen)
        for special, waiting in self._promoted:
            if place in special[at] and (title := self._next(waiting)) is not None:
                self._put(line, title, "promoted")
                return
        if place in self._explored[at] and (drawn := self._draw.next(self._taken)) is not None:
            line.chance[drawn[0]] = drawn[1]
            self._put(line, drawn[0], "explored")
            return
        choosing = self._aim.on and look > BARELY
        options = line.ahead(self._taken, AHEAD if choosing and not line.row.in_order else 1)
        if options:
            best = options[
                self._aim.best(line.value, line.shares, options, look) if choosing else 0
            ]
            self._put(line, line.ids[best], line.sources[best])

    def _put(self, line: Line, title: int, source: str) -> None:
        line.chosen.append((title, source))
        self._taken.add(title)

    def _next(self, waiting: Iterator[int]) -> int | None:
        return next((title for title in waiting if title not in self._taken), None)

    def _special(self, line: Line, share: float) -> frozenset[int]:
        if line.row.source in OWN:
            return frozenset()
        return frozenset(places(share, min(self._width, len(line.ids))))


def _each(ids: InternalIds) -> Iterator[int]:
    return iter(ids.tolist())


def _shown(line: Line, material: Material) -> Row:
    return replace(line.row, titles=line.titles(material.appeal), appeal=None, chance=line.chance)

"""Titles that stand in a row for another reason than the row's: promoted, or explored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from recsys.page.explore import Draw
from recsys.page.line import Line
from recsys.page.material import Material
from recsys.page.policy import Policy
from recsys.page.rules import places, promoted

EARLIER = 0.5
"""Explored places come between those of promotions, by so much of the distance."""


class Others:
    """What is promoted and explored on one page; only where it does not make a row's name untrue.

    Parameters
    ----------
    lines : sequence of Line
        The rows of the page.
    material : Material
    policy : Policy
    width : int
        Most titles in a row.
    seed : int
        By which is drawn what is explored.
    """

    def __init__(
        self, lines: Sequence[Line], material: Material, policy: Policy, width: int, seed: int
    ) -> None:
        self._lines, self._width = lines, width
        self._draw = Draw.of(policy.exploration, material, seed)
        self._explored = self._places(policy.exploration.share, EARLIER)
        self._waiting = [promoted(one, material).tolist() for one in policy.promotions]
        self._promoted = [self._places(one.share, 0.0) for one in policy.promotions]
        self._shown: Counter[int] = Counter()
        taken = [self._explored, *self._promoted]
        self._reserved = [frozenset().union(*rows) for rows in zip(*taken, strict=True)]

    def next(self, at: int, taken: Collection[int]) -> tuple[int, str] | None:
        """Return the title that stands at a row's next place for another reason than the row's, if one does.

        Parameters
        ----------
        at : int
            The row.
        taken : collection of int
            Titles that stand on the page.
        """
        line, place = self._lines[at], len(self._lines[at].chosen)
        if place not in self._reserved[at]:
            return None
        due = [one for one, rows in enumerate(self._promoted) if place in rows[at]]
        # Promotions that share a place take turns.
        for one in sorted(due, key=lambda one: (self._shown[one], one)):
            for title in self._waiting[one]:
                if title not in taken and line.admits(title):
                    self._shown[one] += 1
                    return title, "promoted"
        if place in self._explored[at]:
            drawn = self._draw.next(lambda title: title not in taken and line.admits(title))
            if drawn is not None:
                line.chance[drawn[0]] = drawn[1]
                return drawn[0], "explored"
        return None

    def _places(self, share: float, ahead: float) -> list[frozenset[int]]:
        if not share:
            return [frozenset()] * len(self._lines)
        return [
            frozenset(places(share, min(self._width, len(line.ids)), ahead)) for line in self._lines
        ]

"""Names by a grammar over a strand's words: "The Frozen Harbour", "Midnight in Trondheim"."""

from __future__ import annotations

import numpy as np

from pipelines.world.strands import Strand
from recsys.schema import TitleType

MOVIE = (
    ("The {a} {n}", 5),
    ("{a} {n}", 3),
    ("The {n} of {p}", 2),
    ("{m} in {p}", 2),
    ("{n}", 1),
    ("The {n} and the {n2}", 2),
    ("The Road to {p}", 1),
    ("The {a} {n} of {p}", 2),
    ("Goodbye, {p}", 1),
    ("Before the {n}", 1),
    ("{n} for {n2}", 1),
)
SERIES = (
    ("{p} {n}", 3),
    ("The {n}", 2),
    ("{a} {n}", 3),
    ("The {a} {n}", 2),
    ("Return to {p}", 1),
    ("{n} & {n2}", 1),
)
STAGE = (
    ("{a} {n} Festival: Live from {p}", 3),
    ("Live in {p}: The {a} {n} Tour", 3),
    ("One Night in {p}, Live", 1),
)
MATCH = (("{p} v {p2}: The {n} Cup", 3), ("Live: {p} v {p2}", 3), ("{a} {n}: {p} Open, Live", 2))
EPISODE = (
    ("The {n}", 4),
    ("{a} {n}", 3),
    ("{m}", 1),
    ("What the {n} Knew", 1),
    ("The {n} and the {n2}", 2),
    ("{p}", 1),
)
MOMENTS = ("Midnight", "One Winter", "Seven Days", "A Summer", "Last Light", "Any Evening", "Dawn")
NUMERALS = ("II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
PATIENCE = 24
"""Draws before a name that is taken becomes a sequel."""


class Names:
    """Gives every name once.

    Parameters
    ----------
    rng : numpy.random.Generator
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def name(self, strand: Strand, kind: TitleType) -> str:
        """Compose a name that no title has yet; when all are taken, a numbered sequel."""
        grammar = _grammar(strand, kind)
        for _ in range(PATIENCE):
            name = self._compose(strand, grammar)
            if name not in self._taken:
                break
        else:
            name = self._sequel(name)
        self._taken.add(name)
        return name

    def episodes(self, strand: Strand, n: int) -> list[str]:
        """Compose the names of a series' episodes, different from each other."""
        names: dict[str, None] = {}
        for _ in range(PATIENCE * n):
            names.setdefault(self._compose(strand, EPISODE))
            if len(names) == n:
                return list(names)
        return [*names, *(f"Chapter {number + 1}" for number in range(len(names), n))]

    def _sequel(self, name: str) -> str:
        for numeral in NUMERALS:
            if (sequel := f"{name} {numeral}") not in self._taken:
                return sequel
        return f"{name} {len(self._taken)}"

    def _compose(self, strand: Strand, grammar: tuple[tuple[str, int], ...]) -> str:
        weights = np.array([weight for _, weight in grammar], float)
        pattern = grammar[self._rng.choice(len(grammar), p=weights / weights.sum())][0]
        n, n2 = self._rng.choice(len(strand.nouns), 2, replace=False)
        p, p2 = self._rng.choice(len(strand.places), 2, replace=False)
        name = pattern.format(
            a=strand.adjectives[self._rng.integers(len(strand.adjectives))],
            n=strand.nouns[n],
            n2=strand.nouns[n2],
            p=strand.places[p],
            p2=strand.places[p2],
            m=MOMENTS[self._rng.integers(len(MOMENTS))],
        )
        return name[0].upper() + name[1:]


def _grammar(strand: Strand, kind: TitleType) -> tuple[tuple[str, int], ...]:
    if kind == TitleType.LIVE:
        return STAGE if "Music" in strand.genres else MATCH
    return SERIES if kind == TitleType.SERIES else MOVIE

"""The pool of invented people: actors and crew with popularity, a language and leanings to strands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.world.strands import strands, words
from pipelines.world.streams import Floats, Ints, stream

SHARES = {"en": 0.34, "de": 0.16, "no": 0.1, "pt": 0.16, "ja": 0.12, "hi": 0.07, "sw": 0.05}
POOL = 420
CREW_SHARE = 0.25
LEANING = 14.0
"""How much likelier a person is cast in a home strand than elsewhere."""


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who makes titles.

    Attributes
    ----------
    names : list of str
        Distinct.
    odds : float64 (n_strands, n_people)
        How likely each is in a title of a strand, not normalised.
    actors, crew : int64
        Row numbers of those before and behind the camera.
    """

    names: list[str]
    odds: Floats
    actors: Ints
    crew: Ints

    def draw(self, rng: np.random.Generator, pool: Ints, strand: int, n: int) -> list[int]:
        """Draw ``n`` different people of a pool for a title of a strand."""
        odds = self.odds[strand, pool]
        return [int(p) for p in rng.choice(pool, n, replace=False, p=odds / odds.sum())]


def people(seed: int) -> People:
    """Invent the pool; popularity follows a power law, so that some faces are everywhere."""
    rng = stream(seed, "people")
    named = _names(rng)
    popularity = rng.permutation(np.arange(1, len(named) + 1) ** -0.6)
    odds = np.tile(popularity, (len(strands()), 1))
    for home in range(2):
        chosen = rng.integers(0, len(strands()), len(named))
        odds[chosen, np.arange(len(named))] *= LEANING if home == 0 else LEANING / 3
    for row, strand in enumerate(strands()):
        odds[row] *= [1.0 if language in strand.languages else 0.25 for _, language in named]
    split = int(len(named) * CREW_SHARE)
    order = rng.permutation(len(named))
    return People([name for name, _ in named], odds, np.sort(order[split:]), np.sort(order[:split]))


def _names(rng: np.random.Generator) -> list[tuple[str, str]]:
    """Draw pairs of a given and a family name without repeating a pair."""
    named = []
    for language, lists in words("names.toml").items():
        pairs = [(given, family) for given in lists["given"] for family in lists["family"]]
        count = min(len(pairs), round(POOL * SHARES[language]))
        chosen = rng.choice(len(pairs), count, replace=False)
        named += [(" ".join(pairs[pair]), language) for pair in chosen]
    return named

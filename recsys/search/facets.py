"""How many of the titles that were found are of each genre, decade, type and maturity."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.schema import MATURITY_AGES
from recsys.search.entries import TYPES
from recsys.search.index import Index

MATURITIES: Final = {age: rating for rating, age in MATURITY_AGES.items()}


class Count(NamedTuple):
    """A value and how many of the titles have it."""

    value: str
    titles: int


def facets(
    index: Index, places: NDArray[np.int64], ages: NDArray[np.int64]
) -> dict[str, list[Count]]:
    """Return the counts of each kind, those of genres from the most frequent, the others in their order.

    Parameters
    ----------
    index : Index
    places : int64 (n,)
        Of titles, each once.
    ages : int64 (n,)
        The youngest age, in years, for which each is meant.
    """
    years = index.entries.years[places]
    decades = np.unique(years[years != 0] // 10 * 10, return_counts=True)
    types = np.unique(index.entries.types[places], return_counts=True)
    rated = np.unique(ages, return_counts=True)
    return {
        "genre": _genres(index, places),
        "decade": [Count(str(one), int(n)) for one, n in zip(*decades, strict=True)],
        "type": [Count(TYPES[one], int(n)) for one, n in zip(*types, strict=True)],
        "maturity": [Count(MATURITIES[int(one)], int(n)) for one, n in zip(*rated, strict=True)],
    }


def _genres(index: Index, places: NDArray[np.int64]) -> list[Count]:
    counts = zip(index.genres.names, index.genres.counts(places).tolist(), strict=True)
    found = [Count(name, titles) for name, titles in counts if titles]
    return sorted(found, key=lambda one: (-one.titles, one.value))

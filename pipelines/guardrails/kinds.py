"""Viewers of each kind, of whom none is to pay for the gain of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.guardrails.children import LIMITS, ages_of
from recsys.split import Split
from recsys.titles import Titles

LIGHT, HEAVY = 5, 50
"""Fewer watched titles than the first make a light viewer, at least the second a heavy one."""
CHILDISH: Final = 3
"""So many titles at least, and none above a child's limit, make what looks like a child's history."""

REGION: Final = "region"
NAMES: Final = (
    "viewers",
    "viewers: new",
    "viewers: light",
    "viewers: heavy",
    "viewers: kids",
    REGION,
)
"""What may be declared, besides single regions."""

Rows = NDArray[np.bool_]


def kinds(split: Split, titles: Titles) -> Iterator[tuple[str, Rows]]:
    """Yield the name of each kind and who of a split's viewers are of it, bool (n_viewers,).

    Who is a child is not known right of the privacy gate, and is told by the history.
    """
    lengths = split.histories.lengths
    yield "viewers: new", lengths == 0
    yield "viewers: light", (lengths > 0) & (lengths < LIGHT)
    yield "viewers: heavy", lengths >= HEAVY
    yield "viewers: kids", _childish(split, titles)
    for region in np.unique(split.histories.regions):
        if region:
            yield f"{REGION}: {region}", split.histories.regions == region


def _childish(split: Split, titles: Titles) -> Rows:
    histories = split.histories.known()
    above = ages_of(titles)[histories.titles] > max(LIMITS)
    grown = np.bincount(histories.viewers, above, len(histories)) > 0
    return ~grown & (histories.lengths >= CHILDISH)

"""Titles for a newcomer to pick from: known to many, and unlike each other, so that each pick tells something."""

from __future__ import annotations

from typing import Final

import numpy as np

from recsys.page.diversity import varied
from recsys.page.facts import Facts
from recsys.page.ranked import Ranked

POOL: Final = 300
"""Titles that many watch, among which those to pick from are found."""
UNLIKE: Final = 0.5
"""What it counts that a title is unlike those before it; the rest is that many know it."""
MICRO: Final = 0.5
"""What being of one micro-genre counts in likeness, beside genres."""


def to_pick(crowd: Ranked, facts: Facts, n: int) -> Ranked:
    """Return titles to pick from.

    Parameters
    ----------
    crowd : Ranked
        What many watch and the newcomer may be shown, ``POOL`` titles or so.
    facts : Facts
    n : int
        Titles at most.
    """
    if not len(crowd):
        return crowd
    groups, of_group = np.unique(facts.micro.of_title[crowd.ids], return_inverse=True)
    micro = np.eye(len(groups), dtype=np.float32)[of_group] * (groups >= 0) * np.float32(MICRO)
    traits = np.hstack([facts.genres.shares[crowd.ids], micro])
    # By place and not by score: what everybody watches is not a hundred times as good to ask about.
    known = (1 + np.arange(len(crowd), dtype=np.float32)) ** np.float32(-0.5)
    order = varied(known[None], traits[None], np.array([True]), UNLIKE, n)[0]
    return crowd.take(order[:n])

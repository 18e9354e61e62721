"""What a model would show to children: nothing above their limit, or it is not published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.nightly.asking import listed
from recsys.algorithm import Algorithm
from recsys.context import Context
from recsys.ids import UNKNOWN
from recsys.ranking.rights import Rights
from recsys.schema import MATURITY_AGES
from recsys.split import Split
from recsys.titles import Titles

LIMITS: Final = (7, 12)
"""Years: the limits that are asked with."""
VIEWERS: Final = 200
"""Whose histories are asked with, whatever they hold: somebody's child sits at their screen."""
LISTED: Final = 10


def too_mature(model: Algorithm, split: Split, titles: Titles, seed: int = 0) -> int:
    """Count the titles above the limit in the lists that a model makes under each of ``LIMITS``.

    The mask is that of serving, and what comes is looked up in the catalog itself: a model that does not keep
    to its mask is found, and a mask that lets too much through.
    """
    some = np.sort(np.random.default_rng(seed).permutation(len(split.viewers))[:VIEWERS])
    histories, ages = split.histories.take(some), ages_of(titles)
    moment = datetime.fromtimestamp(int(split.moment.astype("datetime64[s]").astype(np.int64)), UTC)
    rights, found = Rights.of(titles), 0
    for limit in LIMITS:
        allowed = rights.allowed(Context(now=moment, maximum_age=limit))
        ids = listed(model, histories, titles, LISTED, allowed)
        found += int(np.count_nonzero(ages[ids[ids != UNKNOWN]] > limit))
    return found


def ages_of(titles: Titles) -> NDArray[np.int64]:
    """Return for which age each title is meant, in years; the strictest where nothing is said."""
    ratings: pa.ChunkedArray = titles.table["maturity_rating"]
    strictest = max(MATURITY_AGES.values())
    return np.array([MATURITY_AGES.get(one, strictest) for one in ratings.to_pylist()], np.int64)

"""What the champion sees of viewers as they were when it learned, and as they are now."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.interactions import Histories, Interactions
from recsys.ranking.hybrid import Hybrid
from recsys.titles import Titles

VIEWERS: Final = 400
PAIRS: Final = 40
"""Candidates of each viewer that are looked at."""
LEAST: Final = 30
"""Fewer viewers show nothing."""
SHORTEST, LONGEST = timedelta(days=7), timedelta(days=28)
"""Of a stretch of time: at least a week, or one weekday would be held against another."""
OF_THE_MOMENT: Final = ("hour", "weekend", "days_known", "age_years")
"""Columns that say when is asked, and not what the data are like."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries of a stretch of time, and what was known before it.

    Attributes
    ----------
    interactions : Interactions
        Each entry at its first time.
    since, until : datetime64[s]
    """

    interactions: Interactions
    since: np.datetime64
    until: np.datetime64

    @classmethod
    def three(
        cls, interactions: Interactions, learned_until: datetime, until: datetime
    ) -> tuple[Self, Self, Self]:
        """Return the stretch that ends with what the champion learned last, one as long that ends now, and one more.

        That is the one before the first: by how much these two differ is what is usual.
        """
        length = min(max(until - learned_until, SHORTEST), LONGEST)
        first = interactions.with_histories(interactions.histories.by_first())
        then, now, before = (
            cls(first, _seconds(end - length), _seconds(end))
            for end in (learned_until, until, learned_until - length)
        )
        return then, now, before

    @property
    def entries(self) -> NDArray[np.bool_]:
        """Which entries are of the stretch."""
        at = self.interactions.histories.occurred_at
        return (at >= self.since) & (at < self.until)

    @property
    def viewers(self) -> NDArray[np.int64]:
        """Rows of the viewers who have some."""
        return np.unique(self.interactions.histories.viewers[self.entries])

    @property
    def new_viewers(self) -> float:
        """The share of its viewers of whom nothing was known before."""
        before = self.interactions.histories.before(self.since).lengths[self.viewers]
        return float(np.mean(before == 0)) if len(before) else 0.0

    @property
    def cold_titles(self) -> float:
        """The share of its entries that are of titles which nobody had watched before."""
        titles = self.interactions.histories.titles
        watched = np.unique(self.interactions.histories.before(self.since).titles)
        inside = titles[self.entries]
        return float(np.mean(~np.isin(inside, watched))) if len(inside) else 0.0


def columns(
    model: Hybrid, stretch: Stretch, titles: Titles, seed: int = 0
) -> dict[str, NDArray[np.float32]]:
    """Return what a hybrid's ranker sees at the end of a stretch, for some of its viewers and candidates.

    Parameters
    ----------
    model : Hybrid
    stretch : Stretch
        Over the hybrid's own titles.
    titles : Titles
        The same.
    seed : int
        Of the draw.

    Returns
    -------
    dict of str to float32 (n_pairs,)
        By the column's name; NaN where unknown.
    """
    random = np.random.default_rng(seed)
    drawn = np.sort(random.permutation(stretch.viewers)[:VIEWERS])
    known = stretch.interactions.histories.before(stretch.until)
    histories = known.take(drawn).known()
    candidates = model.candidates(histories, np.zeros((len(drawn), len(titles)), bool))
    seen = _as_of(model, known, stretch, titles).seen(histories, candidates, _context(stretch))
    some = _some(candidates.viewers, random)
    found = dict(zip(model.columns, seen[some].T, strict=False))
    return {name: column for name, column in found.items() if name not in OF_THE_MOMENT}


def _as_of(model: Hybrid, known: Histories, stretch: Stretch, titles: Titles) -> Hybrid:
    """Return the model with a snapshot of the features at the end of a stretch."""
    there = copy(model)
    if model.features is not None and model.features_type is not None:
        past = stretch.interactions.with_histories(known.known())
        there.features = model.features_type.fit(past, titles, stretch.until)
    return there


def _some(viewers: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """Return which pairs are looked at: of each viewer as many, drawn."""
    shuffled = random.permutation(len(viewers))
    order = shuffled[np.argsort(viewers[shuffled], kind="stable")]
    counts = np.bincount(viewers)
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(order[place < PAIRS])


def _context(stretch: Stretch) -> Context:
    return Context(now=datetime.fromtimestamp(int(stretch.until.astype(np.int64)), UTC))


def _seconds(moment: datetime) -> np.datetime64:
    return np.datetime64(int(moment.timestamp()), "s")

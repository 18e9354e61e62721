"""The scoreboard: which record fits what is known, and whether it stands out.

References
----------
Narayanan and Shmatikov, "Robust De-anonymization of Large Sparse Datasets", IEEE S&P 2008, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Histories
from recsys.privacy.attack.knowledge import Known

ECCENTRICITY: Final = 1.5
"""Standard deviations by which the best must lie before the second, as in the paper."""
DAYS: Final = 30.0
"""By which two dates may differ until they count a third, as in the paper."""

Weighing = Literal["scoreboard", "likelihood"]
"""What a title that fits is worth: ``scoreboard`` as in the paper, the rarer the more; ``likelihood`` by how unlikely it is that
a record of this length has it by chance, so that long ones do not win by their length."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Records that have at least one known title.

    Attributes
    ----------
    records : int64 (n,)
    scores : float64 (n,)
    explained : uint64 (n,)
        Which known titles each has, a bit each.
    """

    records: NDArray[np.int64]
    scores: NDArray[np.float64]
    explained: NDArray[np.uint64]


class Scoreboard:
    """Finds the records of somebody among many.

    Parameters
    ----------
    records : Histories
        What was published: titles and coarse dates, each record of somebody.
    weighing : str
    floored : int
        Days by which a published date may lie before the true one: whoever attacks knows the method.
    """

    def __init__(self, records: Histories, weighing: Weighing, floored: int = 0) -> None:
        self._n, self._weighing, self._floored = len(records), weighing, floored
        order = np.argsort(records.titles, kind="stable")
        self._owners = records.viewers[order]
        self._days = (records.occurred_at.astype("datetime64[h]").astype(np.int64) / 24)[order]
        self._starts = np.searchsorted(records.titles[order], np.arange(records.n_titles + 1))
        self._lengths = records.lengths
        support = np.diff(self._starts)
        self._rarity = 1 / np.log(np.maximum(support, 2))
        self._share = np.maximum(support, 1) / max(len(records.titles), 1)

    def linked(self, known: Known) -> list[int]:
        """Return the records that stand out: the best, and further ones that have other known titles.

        What two records both have speaks for one of them alone, so each stands against those that share a known title with it.
        """
        found, left = [], self._candidates(known)
        spread = self._spread(left)
        while len(left.records):
            best = int(np.argmax(left.scores))
            rivals = (left.explained & left.explained[best]) != 0
            rivals[best] = False
            second = float(left.scores[rivals].max(initial=0.0))
            if spread == 0 or (left.scores[best] - second) / spread < ECCENTRICITY:
                break
            found.append(int(left.records[best]))
            rivals[best] = True
            left = Candidates(left.records[~rivals], left.scores[~rivals], left.explained[~rivals])
        return found

    def _candidates(self, known: Known) -> Candidates:
        parts = [slice(self._starts[title], self._starts[title + 1]) for title in known.titles]
        owners = np.concatenate([self._owners[part] for part in parts])
        fits = np.concatenate(
            [
                np.exp(-self._apart(part, day) / DAYS) * self._worth(int(title), part)
                for title, day, part in zip(known.titles, known.days, parts, strict=True)
            ]
        )
        bits = np.concatenate(
            [
                np.full(part.stop - part.start, 1 << place, np.uint64)
                for place, part in enumerate(parts)
            ]
        )
        records, inverse = np.unique(owners, return_inverse=True)
        explained = np.zeros(len(records), np.uint64)
        np.bitwise_or.at(explained, inverse, bits)
        scores = np.bincount(inverse, fits, len(records)).astype(np.float64)
        return Candidates(records, scores, explained)

    def _apart(self, part: slice, day: float) -> NDArray[np.float64]:
        """Return by how many days what is known and what is published cannot both be right."""
        early = self._days[part] - day
        return np.maximum(0.0, np.maximum(early, -early - self._floored))

    def _worth(self, title: int, part: slice) -> NDArray[np.float64] | float:
        if self._weighing == "scoreboard":
            return float(self._rarity[title])
        chance = np.minimum(1.0, self._share[title] * self._lengths[self._owners[part]])
        return np.asarray(-np.log(chance))

    def _spread(self, found: Candidates) -> float:
        """Return the standard deviation of all records' scores, 0 where nothing fits."""
        mean = found.scores.sum() / self._n
        return float(np.sqrt(max((found.scores**2).sum() / self._n - mean**2, 0.0)))

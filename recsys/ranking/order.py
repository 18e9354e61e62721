"""How a hybrid puts a viewer's candidates in order, and what each column adds to the place of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.ranking.candidates import Candidates
from recsys.ranking.ranker import Ranker
from recsys.ranking.sight import BLEND, VOTES
from recsys.topk import FloatMatrix


@dataclass(frozen=True, slots=True)
class Terms:
    """What the order's score of one candidate is the sum of.

    Attributes
    ----------
    values : float32 (n_columns,)
        What was seen of it; NaN where unknown.
    added : float64 (n_columns,)
        What each column adds.
    base : float
        What no column has a part in.
    """

    values: NDArray[np.float32]
    added: NDArray[np.float64]
    base: float


@dataclass(frozen=True, slots=True)
class Order:
    """The order of candidates: a tempered ranker's or, without one, a column's.

    Attributes
    ----------
    names : list of str
        Of the columns, the parts' scores and then their votes first.
    by : str
        What orders without a ranker: "votes", "blend" or the name of a score.
    blend : float32 (n_parts,)
        What each part's score counts.
    temper : float
        What the blend counts beside the ranker.
    ranker : Ranker, optional
    """

    names: list[str]
    by: str
    blend: NDArray[np.float32]
    temper: float
    ranker: Ranker | None

    def scores(
        self, candidates: Candidates, columns: FloatMatrix, threads: int = 1
    ) -> NDArray[np.float32]:
        """Return the score of each pair, float32 (n_pairs,): only the order within a viewer means anything."""
        if self.ranker is None:
            return columns[:, self.names.index(self.by)]
        ranked = self.ranker.predict(columns, threads)
        return candidates.tempered(ranked, self.blend, self.temper)

    def terms(self, candidates: Candidates, columns: FloatMatrix, pair: int) -> Terms:
        """Return what the score of one pair is made of: its SHAP values, where a ranker orders.

        Parameters
        ----------
        candidates : Candidates
            Of one viewer, by whose candidates the ranker and the blend are scaled.
        columns : float32 (n_pairs, n_columns)
        pair : int
        """
        if self.ranker is None:
            return Terms(columns[pair], self._of_column(columns[pair]), 0.0)
        shares = self.ranker.contributions(columns[pair : pair + 1])[0]
        mean, spread = _moments(self.ranker.predict(columns))
        added, base = shares[:-1] / spread, (shares[-1] - mean) / spread
        mean, spread = _moments(candidates.scores @ self.blend)
        added[: len(self.blend)] += self.temper * self.blend * candidates.scores[pair] / spread
        return Terms(columns[pair], added, float(base - self.temper * mean / spread))

    def _of_column(self, seen: NDArray[np.float32]) -> NDArray[np.float64]:
        """Share out votes and blend among the parts that they are summed over."""
        added, n_parts = np.zeros(len(seen)), len(self.blend)
        if self.by == VOTES:
            added[n_parts : 2 * n_parts] = seen[n_parts : 2 * n_parts]
        elif self.by == BLEND:
            added[:n_parts] = self.blend * seen[:n_parts]
        else:
            added[self.names.index(self.by)] = seen[self.names.index(self.by)]
        return added


def _moments(values: NDArray[np.float32]) -> tuple[float, float]:
    """Return mean and deviation, as scores are standardised by."""
    mean = values.mean(dtype=np.float64)
    return float(mean), max(float(np.sqrt(((values - mean) ** 2).mean())), 1e-9)

"""How a title fits a viewer: shared genres, people and keywords, and likeness to what was watched last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from features.attributes import KINDS
from recsys.interactions import Histories

FADES: Final = {"lasting": 0.98, "recent": 0.6}
"""What each step back in the history counts, for the taste of a lifetime and of tonight."""

LAST: Final = 200
"""Entries of a history that make its taste; those before weigh nothing at either fade."""

FITS: Final = (*(f"{kind}_{taste}" for taste in FADES for kind in KINDS), "taste_entropy")


def fits(
    histories: Histories,
    viewers: NDArray[np.int64],
    candidates: NDArray[np.int32],
    matrix: sparse.csr_matrix,
    kinds: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return how well each candidate fits its viewer's tastes.

    A taste is the mean of the watched titles' attributes, weighted by engagement and faded by
    ``FADES``; a fit is its inner product with the candidate's attributes, by kind, in [0, 1]. The
    entropy of the lasting taste over genres (in nats) says how much a fit means.

    Parameters
    ----------
    histories : Histories
        Of known titles.
    viewers : int64 (n_pairs,)
        Rows of ``histories``.
    candidates : int32 (n_pairs,)
    matrix, kinds
        Of ``attributes``.

    Returns
    -------
    float32 (n_pairs, len(FITS))
    """
    recent = histories.last(LAST)
    lasting, now = (_taste(recent, fade, matrix) for fade in FADES.values())
    held = _Held.of(candidates, matrix)
    fitting = [held.products(taste, viewers, kinds) for taste in (lasting, now)]
    entropy = _entropy(lasting[:, kinds == KINDS.index("genres")])[viewers]
    return np.column_stack([*fitting, entropy]).astype(np.float32)


def _taste(histories: Histories, fade: float, matrix: sparse.csr_matrix) -> NDArray[np.float32]:
    weights = histories.faded(fade).to_csr()
    total = np.maximum(np.asarray(weights.sum(axis=1)), 1e-12)
    return np.asarray((weights @ matrix).todense() / total, np.float32)


@dataclass(frozen=True, slots=True)
class _Held:
    """What candidates have of attributes: a few each, so that the cost does not grow with all.

    Attributes
    ----------
    pairs : int64 (n_held,)
        The place of the candidate of each.
    attributes : int32 (n_held,)
    values : float32 (n_held,)
    n_pairs : int
    """

    pairs: NDArray[np.int64]
    attributes: NDArray[np.int32]
    values: NDArray[np.float32]
    n_pairs: int

    @classmethod
    def of(cls, candidates: NDArray[np.int32], matrix: sparse.csr_matrix) -> _Held:
        starts, ends = matrix.indptr[candidates], matrix.indptr[candidates + 1]
        lengths = (ends - starts).astype(np.int64)
        pairs = np.repeat(np.arange(len(candidates)), lengths)
        before = np.cumsum(lengths) - lengths
        entries = np.arange(len(pairs)) + np.repeat(starts - before, lengths)
        return cls(pairs, matrix.indices[entries], matrix.data[entries], len(candidates))

    def products(
        self,
        taste: NDArray[np.float32],
        viewers: NDArray[np.int64],
        kinds: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Return the inner product of each with its viewer's taste, by kind, float64 (n_pairs, n_kinds)."""
        values = self.values * taste[viewers[self.pairs], self.attributes]
        cells = self.pairs * len(KINDS) + kinds[self.attributes]
        sums = np.bincount(cells, values, minlength=self.n_pairs * len(KINDS))
        return sums.astype(np.float64).reshape(-1, len(KINDS))


def _entropy(taste: NDArray[np.float32]) -> NDArray[np.float32]:
    shares = taste / np.maximum(taste.sum(axis=1, keepdims=True), 1e-12)
    return -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)

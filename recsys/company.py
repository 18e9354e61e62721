"""Titles as vectors by the company they keep: near those that stand close to them in many histories."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from recsys.interactions import Histories
from recsys.topk import FloatMatrix

REACH = 10
"""Places between two titles that still keep company."""
FADE = 0.8
"""What each further place makes a meeting count."""
SMOOTHING = 0.75
"""Power of a title's meetings by which rare ones are held to be less of a surprise."""


def company(histories: Histories, width: int, seed: int) -> FloatMatrix:
    """Return titles as vectors whose inner products tell how much oftener than by chance two meet.

    Parameters
    ----------
    histories : Histories
        Of known titles.
    width : int
        Length of a vector.
    seed : int
        Of the randomised decomposition.

    Returns
    -------
    float32 (n_titles, width)
        Of mean square length 1; nought for a title that meets no other oftener than by chance.

    References
    ----------
    Levy and Goldberg, "Neural Word Embedding as Implicit Matrix Factorization", NeurIPS 2014.
    """
    surprise = _surprise(_meetings(histories))
    vectors = np.zeros((histories.n_titles, width), np.float32)
    if surprise.nnz:
        count = min(width, histories.n_titles)
        left, strengths, _ = randomized_svd(surprise, count, random_state=seed)
        vectors[:, :count] = left * np.sqrt(strengths)
        vectors /= np.sqrt((vectors**2).sum(axis=1).mean())
    return vectors


def _meetings(histories: Histories) -> sparse.csr_matrix:
    """Return how often two titles stand near each other, either first."""
    shape = (histories.n_titles, histories.n_titles)
    met = sparse.csr_matrix(shape, dtype=np.float32)
    for distance in range(1, REACH + 1):
        earlier = np.flatnonzero(histories.steps_ago >= distance)
        counted = np.full(len(earlier), FADE ** (distance - 1), np.float32)
        pairs = histories.titles[earlier], histories.titles[earlier + distance]
        met += sparse.csr_matrix((counted, pairs), shape=shape)
    return (met + met.T).tocsr()


def _surprise(met: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the logarithm of meetings by what chance would have, where they are more."""
    own = np.asarray(met.sum(axis=1), np.float64).ravel()
    smoothed = own**SMOOTHING
    pairs = met.tocoo()
    chance = own[pairs.row] * smoothed[pairs.col] / max(smoothed.sum(), 1e-12)
    log = np.log(pairs.data / chance).astype(np.float32)
    more = log > 0
    return sparse.csr_matrix((log[more], (pairs.row[more], pairs.col[more])), shape=met.shape)

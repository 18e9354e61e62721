"""Algorithms whose score is a sum over the entries of a history, and so can say what each adds to it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.algorithm import Algorithm
from recsys.errors import InputError
from recsys.ids import UNKNOWN, InternalIds
from recsys.interactions import Histories
from recsys.topk import FloatMatrix


@dataclass(frozen=True, slots=True)
class Contributions:
    """What the score of one title for each history is made of: the base and the history's entries.

    Attributes
    ----------
    entries : float32 (n_entries,)
        In the order of the histories' entries; 0 for a title that the catalog does not hold, or turned down.
    base : float32 (n_histories,)
        What no entry has a part in, such as the bias of the title.
    """

    entries: FloatMatrix
    base: FloatMatrix


class Additive(Algorithm):
    """An algorithm whose score is a base and the sum of what each entry of the history adds.

    A subclass writes ``_added``. What an entry adds may depend on its place and on what else was watched, as
    a fold-in's inverse does: it is the share of this score, not what would be lost without the entry.
    """

    def contributions(self, histories: Histories, titles: InternalIds) -> Contributions:
        """Return what makes the score of one title for each history, as ``score`` gives it.

        Parameters
        ----------
        histories : Histories
        titles : int32 (n_histories,)
            Internal ids.

        Raises
        ------
        InputError
            If there is not one title for each history, or one is not in the catalog.
        """
        self._check(histories)
        where, asked = f"{self.name}.contributions", np.asarray(titles, np.int32)
        if asked.shape != (len(histories),):
            expected = f"a title for each of {len(histories)} histories"
            raise InputError(expected=expected, got=asked.shape, where=where)
        self.title_ids_.check(asked, where)
        known, rows = histories.known().heard(), np.arange(len(histories))
        added = self._added(known, asked)
        base = np.array(self._score(known.last(0))[rows, asked], np.float32)
        silent = (known.lengths == 0) | ~np.asarray(self._score(known)).any(axis=1)
        # As in a score: what tells the model nothing gets the popularity answer.
        base[silent] = self._score_empty(known.take(np.flatnonzero(silent)))[
            np.arange(silent.sum()), asked[silent]
        ]
        entries = np.zeros(len(histories.titles), np.float32)
        entries[(histories.titles != UNKNOWN) & (histories.weights > 0)] = np.where(
            silent[known.viewers], 0, added
        )
        return Contributions(entries, base)

    @abstractmethod
    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        """Return what each entry of histories of known titles adds to its history's title, (n_entries,)."""


def cells(
    matrix: sparse.csr_matrix | FloatMatrix, rows: NDArray[np.integer], columns: NDArray[np.integer]
) -> FloatMatrix:
    """Return the entries of a matrix at pairs of row and column, 0 where either is -1."""
    there = np.flatnonzero((rows >= 0) & (columns >= 0))
    found = np.zeros(len(rows), np.float32)
    if len(there):
        found[there] = np.asarray(matrix[rows[there], columns[there]]).ravel()
    return found


def products(
    one: FloatMatrix, rows: NDArray[np.integer], other: FloatMatrix, others: NDArray[np.integer]
) -> FloatMatrix:
    """Return the inner products of pairs of rows of two matrices, float32 (n_pairs,)."""
    inner: FloatMatrix = np.einsum("ef,ef->e", one[rows], other[others])
    return inner

"""Algorithms whose scores are inner products, and such products of a few queries or many."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property

import numpy as np

from recsys.algorithm import Algorithm
from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.topk import FloatMatrix

FEW = 8
"""More queries than these are multiplied with all vectors at once."""


def products(queries: FloatMatrix, vectors: FloatMatrix) -> FloatMatrix:
    """Return inner products, float32 (n_queries, n_vectors).

    A few queries are multiplied one by one: a product of matrices would first copy all vectors, which
    takes several times as long.
    """
    if len(queries) > FEW:
        return queries @ vectors.T
    found = np.empty((len(queries), len(vectors)), np.float32)
    for row, query in zip(found, queries, strict=True):
        np.matmul(vectors, query, out=row)
    return found


class VectorAlgorithm(Algorithm):
    """An algorithm whose score is an inner product, so that an index can search its titles.

    A subclass sets ``title_vectors_`` in ``_fit`` and writes ``embed``.
    """

    title_vectors_: FloatMatrix
    """float32 (n_titles, n_factors)."""

    @abstractmethod
    def embed(self, histories: Histories) -> FloatMatrix:
        """Map histories of known titles into the titles' space, float32 (n_histories, n_factors)."""

    def _score(self, histories: Histories) -> FloatMatrix:
        return products(self.embed(histories), self.title_vectors_)

    def _similarities(self, titles: InternalIds) -> FloatMatrix:
        scales = self._scales
        given = self.title_vectors_[titles] * scales[titles, None]
        return products(given, self.title_vectors_) * scales

    @cached_property
    def _scales(self) -> FloatMatrix:
        """What makes each title's vector one of length 1, float32 (n_titles,): lengths take as long as cosines."""
        return 1 / np.maximum(np.linalg.norm(self.title_vectors_, axis=1), np.float32(1e-12))

    def _unlearn(self) -> None:
        super()._unlearn()
        vars(self).pop("_scales", None)

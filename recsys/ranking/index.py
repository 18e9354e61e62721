"""The one door to FAISS: the titles whose vectors have the largest inner product with a query.

The search is exact: a graph index of the default settings loses one title in seven of the best fifty. FAISS looks
through vectors of 16 bits, which is bound by how fast memory is read and so twice as quick as with 32; the best are
chosen by products of 32 bits, and what the short vectors may have got wrong is bounded: where the bound does not
show that nothing better was left out, all titles are multiplied in full.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Self

import faiss
import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.ids import UNKNOWN, InternalIds
from recsys.topk import FloatMatrix, top_k

BLOCK_SCORES = 4_000_000
"""Scores held at once."""

FEW = 8
"""More queries than these are multiplied with all vectors at once: in batches that is many times faster."""

SPARE = 16
"""Titles found besides those wanted. Products of one query and of many differ in their last digits; the best
of a few more are chosen by products that do not."""

MOSTLY = 0.75
"""Where so large a share is allowed, asking FAISS for each title whether it is takes longer than finding more."""

MORE = 2
"""Times as many are found then."""

PAIRS_AT_ONCE = 4000
"""Pairs whose vectors are gathered at once: few enough to stay near the processor."""

KIND = faiss.ScalarQuantizer.QT_fp16
ROUNDING = 2.0**-11
"""Half the distance of two neighbouring numbers of 16 bits, by their size."""
SMALLEST = 2.0**-25
"""Half the distance of the smallest two, where vectors are scaled to at most 1."""
SUMS = 1.1
"""What rounding of sums of 32 bits adds is far below a tenth of that."""


class Index:
    """An exact inner-product index over one vector a title.

    Parameters
    ----------
    vectors : float32 (n_titles, n_factors)
    short : faiss.IndexScalarQuantizer
        The same in 16 bits, without those that are zero. Use ``build`` or ``load``.
    """

    def __init__(self, vectors: FloatMatrix, short: faiss.IndexScalarQuantizer) -> None:
        self._vectors, self._short = vectors, short
        # In many models what nobody watched has no direction, and need not be looked at.
        self._told, self._scale = _told(vectors), _scale(vectors)
        squares = np.einsum("tf,tf->t", vectors, vectors)
        self._longest = float(np.sqrt(squares.max(initial=0)))

    def __len__(self) -> int:
        return len(self._vectors)

    @classmethod
    def build(cls, vectors: FloatMatrix) -> Self:
        """Index float32 (n_titles, n_factors); row ``i`` is internal id ``i``."""
        vectors = np.ascontiguousarray(vectors, np.float32)
        short = faiss.IndexScalarQuantizer(vectors.shape[1], KIND, faiss.METRIC_INNER_PRODUCT)
        short.is_trained = True  # numbers of 16 bits need no training
        short.add(vectors[_told(vectors)] / np.float32(_scale(vectors)))
        return cls(vectors, short)

    def search(
        self, queries: FloatMatrix, n: int, *, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[InternalIds, FloatMatrix]:
        """Return the ``n`` best allowed titles of each query, best first.

        Parameters
        ----------
        queries : float32 (n_queries, n_factors)
        n : int
            At least 1.
        allowed : bool (n_titles,) or (n_queries, n_titles), optional
            Others are passed over inside the search, so exactly ``n`` come back wherever ``n``
            are allowed.

        Returns
        -------
        ids : int32 (n_queries, n)
            Padded with -1.
        scores : float32 (n_queries, n)
            Padded with ``-inf``.

        Raises
        ------
        InputError
            If the shapes do not match the index.
        """
        self._check(queries, allowed)
        queries = np.ascontiguousarray(queries, np.float32)
        if len(queries) > FEW:
            return self._together(queries, n, allowed)
        # One request is one thread: replicas scale by processes, not by contending for cores.
        faiss.omp_set_num_threads(1)
        ids = np.full((len(queries), n), UNKNOWN, np.int32)
        scores = np.full(ids.shape, -np.inf, np.float32)
        for row in range(len(queries)):
            mask = allowed[row] if allowed is not None and allowed.ndim == 2 else allowed
            ids[row], scores[row] = self._one(queries[row : row + 1], n, mask)
        return ids, scores

    def products(
        self, queries: FloatMatrix, rows: NDArray[np.int64], titles: InternalIds
    ) -> FloatMatrix:
        """Return the inner products of pairs, the same to the last digit whatever else is asked for.

        Parameters
        ----------
        queries : float32 (n_queries, n_factors)
        rows : int64 (n_pairs,)
        titles : int32 (n_pairs,)

        Returns
        -------
        float32 (n_pairs,)
        """
        products = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            pairs = queries[rows[some]], self._vectors[titles[some]]
            np.einsum("pf,pf->p", *pairs, out=products[some])
        return products

    def spread(self, queries: FloatMatrix) -> tuple[FloatMatrix, FloatMatrix]:
        """Return mean and standard deviation of all titles' scores for each query, without scoring them.

        Parameters
        ----------
        queries : float32 (n_queries, n_factors)

        Returns
        -------
        mean, deviation : float32 (n_queries,)
        """
        self._check(queries, None)
        mean, second = self._moments
        means = queries @ mean
        squares = np.einsum("qf,qf->q", queries @ second, queries)
        return means, np.sqrt(np.maximum(squares - means**2, 0))

    @cached_property
    def _moments(self) -> tuple[FloatMatrix, FloatMatrix]:
        vectors = self._vectors
        return vectors.mean(axis=0), vectors.T @ vectors / np.float32(len(self))

    def _one(
        self, query: FloatMatrix, n: int, mask: NDArray[np.bool_] | None
    ) -> tuple[InternalIds, FloatMatrix]:
        """Search for one query (1, n_factors): by the short vectors and, where that is not sure, by all."""
        if mask is not None and np.count_nonzero(mask) <= n + SPARE:
            every = np.flatnonzero(mask).astype(np.int32)
            ids, scores = self._best(query, every[None], n)
            return ids[0], scores[0]
        titles, last = self._near(query, n, mask)
        ids, scores = self._best(query, titles[None], n)
        if scores[0, -1] > self._limit(query, last):
            return ids[0], scores[0]
        ids, scores = self._together(query, n, mask)
        return ids[0], scores[0]

    def _near(
        self, query: FloatMatrix, n: int, mask: NDArray[np.bool_] | None
    ) -> tuple[InternalIds, float]:
        """Return allowed titles near a query, int32 (n_found,), and the score of the last that was found."""
        told = None if mask is None else mask[self._told]
        # Where few are not allowed, finding more is quicker than asking for each title whether it is.
        if told is not None and np.count_nonzero(told) > MOSTLY * len(told) > MORE * n:
            scores, places = self._short.search(query, MORE * n)
            kept = places[0][told[places[0]]]
            if len(kept) >= n:
                return self._told[kept], float(scores[0, -1])
        scores, places = self._short.search(query, n + SPARE, params=_selector(told))
        found = places[0][places[0] >= 0]
        return self._told[found], float(scores[0, -1]) if len(found) == n + SPARE else -np.inf

    def _limit(self, query: FloatMatrix, last: float) -> float:
        """Return what no title scores that was not found, if the last that was scores so by the short vectors."""
        rounding = ROUNDING * self._longest * float(np.linalg.norm(query))
        doubt = rounding + SMALLEST * self._scale * float(np.abs(query).sum())
        limit = last * self._scale + SUMS * doubt
        return limit if len(self._told) == len(self) else max(limit, 0.0)

    def _together(
        self, queries: FloatMatrix, n: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[InternalIds, FloatMatrix]:
        found = np.empty((len(queries), n + SPARE), np.int32)
        size = max(1, BLOCK_SCORES // max(1, len(self)))
        for rows in (slice(at, at + size) for at in range(0, len(queries), size)):
            scores = queries[rows] @ self._vectors.T
            if allowed is not None:
                np.copyto(scores, -np.inf, where=~(allowed[rows] if allowed.ndim == 2 else allowed))
            found[rows] = top_k(scores, n + SPARE)[0]
        return self._best(queries, found, n)

    def _best(
        self, queries: FloatMatrix, found: InternalIds, n: int
    ) -> tuple[InternalIds, FloatMatrix]:
        """Return the ``n`` best of what was found for each query, by products in full; padded."""
        rows, places = np.nonzero(found >= 0)
        scores = np.full(found.shape, -np.inf, np.float32)
        scores[rows, places] = self.products(queries, rows, found[rows, places])
        order = np.lexsort((found, -scores))[:, :n]
        short = ((0, 0), (0, max(0, n - found.shape[1])))
        ids, best = (np.take_along_axis(one, order, axis=1) for one in (found, scores))
        return (
            np.pad(ids, short, constant_values=UNKNOWN),
            np.pad(best, short, constant_values=-np.inf),
        )

    def save(self, path: Path) -> None:
        """Write the short vectors in FAISS's own format; the same vectors give the same bytes."""
        path.write_bytes(faiss.serialize_index(self._short).tobytes())

    @classmethod
    def load(cls, path: Path, vectors: FloatMatrix) -> Self:
        """Read what ``save`` wrote.

        Parameters
        ----------
        path : Path
        vectors : float32 (n_titles, n_factors)
            Of which it was built.

        Raises
        ------
        InputError
            If the file is missing or is not an index of these vectors.
        """
        try:
            short = faiss.deserialize_index(np.frombuffer(path.read_bytes(), np.uint8))
        except (OSError, RuntimeError) as error:
            raise InputError(expected="a FAISS index", got=error, where=path) from None
        wanted = len(_told(vectors)), vectors.shape[1]
        if not isinstance(short, faiss.IndexScalarQuantizer) or (short.ntotal, short.d) != wanted:
            got = f"{type(short).__name__} of {short.ntotal} times {short.d}"
            raise InputError(
                expected="IndexScalarQuantizer of {} times {}".format(*wanted), got=got, where=path
            )
        return cls(np.ascontiguousarray(vectors, np.float32), short)

    def _check(self, queries: FloatMatrix, allowed: NDArray[np.bool_] | None) -> None:
        if queries.ndim != 2 or queries.shape[1] != self._short.d:
            raise InputError(
                expected=f"queries of {self._short.d} factors", got=queries.shape, where="Index"
            )
        if allowed is not None and allowed.shape not in {(len(self),), (len(queries), len(self))}:
            raise InputError(
                expected=f"a mask of {len(self)} titles", got=allowed.shape, where="Index"
            )


def _told(vectors: FloatMatrix) -> InternalIds:
    """Return the titles whose vectors are not zero."""
    return np.flatnonzero(vectors.any(axis=1)).astype(np.int32)


def _scale(vectors: FloatMatrix) -> float:
    """Return what vectors are divided by, so that numbers of 16 bits hold them."""
    return float(np.abs(vectors).max(initial=0)) or 1.0


def _selector(allowed: NDArray[np.bool_] | None) -> faiss.SearchParameters | None:
    if allowed is None or allowed.all():
        return None
    bits = np.packbits(allowed, bitorder="little")
    # FAISS's stubs describe the C++ constructors; in Python these take arrays and keywords.
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]

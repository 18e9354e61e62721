"""What titles are made of, as one sparse matrix: genres, people and keywords, rare ones heavier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from recsys.titles import Titles

KINDS: Final = ("genres", "people", "keywords")
"""Each kind's rows have length 1, so that no kind drowns another."""


def attributes(titles: Titles) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """Return the attributes of every title and the kind of every attribute.

    Returns
    -------
    matrix : float32 csr (n_titles, n_attributes)
        Inverse document frequencies, scaled to length 1 within a kind; only attributes that at
        least two titles share.
    kinds : int64 (n_attributes,)
        Places in ``KINDS``.
    """
    blocks = [_block(_pairs(titles.table, kind), len(titles)) for kind in KINDS]
    kinds = np.repeat(np.arange(len(KINDS)), [block.shape[1] for block in blocks])
    return sparse.hstack(blocks, format="csr", dtype=np.float32), kinds


def _pairs(table: pa.Table, kind: str) -> tuple[list[int], list[str]]:
    rows, values = [], []
    for row, value in _values(table, kind):
        rows.append(row)
        values.append(value)
    return rows, values


def _values(table: pa.Table, kind: str) -> Iterator[tuple[int, str]]:
    if kind != "people":
        for row, values in enumerate(table[kind].to_pylist()):
            yield from ((row, value) for value in values or ())
        return
    columns = zip(table["cast"].to_pylist(), table["crew"].to_pylist(), strict=True)
    for row, (cast, crew) in enumerate(columns):
        yield from ((row, name) for name in cast or ())
        yield from ((row, member["name"]) for member in crew or ())


def _block(pairs: tuple[list[int], list[str]], n_titles: int) -> sparse.csr_matrix:
    rows, values = pairs
    names, columns = np.unique(np.array(values, dtype=str), return_inverse=True)
    shape = (n_titles, len(names))
    block = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    block.data[:] = 1.0
    counts = np.bincount(block.indices, minlength=len(names))
    block = block[:, counts > 1] @ sparse.diags(np.log1p(n_titles / counts[counts > 1]))
    lengths = np.sqrt(np.asarray(block.multiply(block).sum(axis=1))).ravel()
    return (sparse.diags(1 / np.maximum(lengths, 1e-12)) @ block).tocsr()

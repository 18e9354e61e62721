"""What is said of a title, as blocks of numbers: words, people, genres, keywords, year, length."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse
from sklearn.preprocessing import normalize

from recsys.sentences import sentences

Tokens = tuple[NDArray[np.int64], pa.Array]
"""The title of each token, and the token: both of the same length."""

MOST_BUMPS = 64
"""Columns at most for a number, however far apart its values lie."""


def block(table: pa.Table, name: str, least_titles: int = 2) -> sparse.csr_matrix:
    """Return one block of a catalog, a row a title.

    Parameters
    ----------
    table : pyarrow.Table
        Of the TITLES schema.
    name : str
        One of ``NAMES``, or "meaning", which needs the extra ``deep``.
    least_titles : int
        A token of fewer titles than this is left out.

    Returns
    -------
    float32 (n_titles, n_columns)
        Of tokens, TF-IDF; of the meaning, a sentence model's vector of name and description; of year and length, bumps around a grid of values, so that near ones are alike.
        Rows have length 1, or 0 where nothing is known. ``fullness`` is how much is said, in [0, 1] by kind.
    """
    if name in TOKENS:
        return tfidf(TOKENS[name](table), len(table), least_titles)
    if name == "fullness":
        return _fullness(table)
    if name == "meaning":
        return _meaning(table)
    column, unit, step = _NUMBERS[name]
    return _bumps(_number(table[column]) / unit, step)


def tfidf(tokens: Tokens, n_titles: int, least_titles: int) -> sparse.csr_matrix:
    """Return rows of length 1 over the tokens of at least so many titles."""
    titles, values = tokens
    encoded = values.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy()
    ones = np.ones((codes >= 0).sum(), np.float32)
    shape = (n_titles, len(encoded.dictionary))
    counts = sparse.csr_matrix((ones, (titles[codes >= 0], codes[codes >= 0])), shape=shape)
    spread = np.bincount(counts.indices, minlength=shape[1])
    rarity = np.log(n_titles / np.maximum(spread, 1)) * (spread >= least_titles)
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices].astype(np.float32)
    counts.eliminate_zeros()
    return normalize(counts) if counts.nnz else counts


def _listed(column: pa.ChunkedArray) -> Tokens:
    whole = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return pc.list_parent_indices(whole).to_numpy(), pc.list_flatten(whole)


def _words(table: pa.Table, columns: Iterable[str]) -> Tokens:
    filled = [pc.fill_null(table[column], "") for column in columns]
    text = pc.utf8_lower(pc.binary_join_element_wise(*filled, " "))
    titles, words = _listed(pc.split_pattern_regex(text, r"[^\p{L}\p{N}]+"))
    some = pc.not_equal(words, "")
    return titles[some.to_numpy(zero_copy_only=False)], words.filter(some)


def _people(table: pa.Table) -> Tokens:
    actors, cast = _listed(table["cast"])
    makers, crew = _listed(table["crew"])
    people = pa.concat_arrays([cast, pc.struct_field(crew, "name")])
    return np.concatenate([actors, makers]), people


def _decades(table: pa.Table) -> Tokens:
    known = pc.is_valid(table["release_year"]).to_numpy()
    years = table["release_year"].filter(pa.array(known)).to_numpy()
    return np.flatnonzero(known), pa.array((years // 10).astype(str))


TOKENS: Final[dict[str, Callable[[pa.Table], Tokens]]] = {
    "text": lambda table: _words(table, ("name", "description")),
    "name": lambda table: _words(table, ("name",)),
    "description": lambda table: _words(table, ("description",)),
    "people": _people,
    "genres": lambda table: _listed(table["genres"]),
    "keywords": lambda table: _listed(table["keywords"]),
    "decade": _decades,
}

_NUMBERS: Final = {"year": ("release_year", 1.0, 5.0), "length": ("duration_seconds", 60.0, 15.0)}
"""Column, unit in that of the column, and distance of the bumps in units: years, minutes."""

NAMES: Final = (*TOKENS, *_NUMBERS, "fullness")


def _number(column: pa.ChunkedArray) -> NDArray[np.float64]:
    filled = pc.fill_null(column.cast(pa.float64()), float("nan"))
    return filled.to_numpy(zero_copy_only=False)


def _bumps(values: NDArray[np.float64], step: float) -> sparse.csr_matrix:
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return sparse.csr_matrix((len(values), 1), dtype=np.float32)
    # A year or a length that is far off is a slip of the pen, and would stretch the grid.
    low, high = np.percentile(values[known], [0.5, 99.5])
    step = max(step, (high - low) / (MOST_BUMPS - 1))
    grid = np.arange(low, high + step, step)
    away = (np.clip(values[known], low, high)[:, None] - grid) / step
    found = np.zeros((len(values), len(grid)), np.float32)
    found[known] = normalize(np.exp(-0.5 * away**2))
    found[found < 0.01] = 0  # beyond three steps
    return sparse.csr_matrix(found)


def _meaning(table: pa.Table) -> sparse.csr_matrix:
    pairs = zip(table["name"].to_pylist(), table["description"].to_pylist(), strict=True)
    # A name without a description says nothing that words do not.
    texts = [f"{name}. {said}" if said else "" for name, said in pairs]
    return sparse.csr_matrix(sentences(texts))


def _fullness(table: pa.Table) -> sparse.csr_matrix:
    kinds = ("description", "people", "genres", "keywords")
    counts = [np.bincount(TOKENS[kind](table)[0], minlength=len(table)) for kind in kinds]
    said = np.log1p(np.array(counts, np.float32).T)
    return sparse.csr_matrix(said / np.maximum(said.max(axis=0, initial=0), 1))

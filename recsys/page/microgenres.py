"""Micro-genres: groups of titles that are about the same, found in what is said of them and named from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from recsys.descriptions import block
from recsys.ids import IdMap, InternalIds
from recsys.titles import Titles

MICRO_GENRES: Final = "micro-genres.parquet"
"""The file of a bundle that holds them."""
NOBODYS: Final = -1
SMALLEST: Final = 8
"""Titles of a group, at least."""
COMMON: Final = 0.25
"""Share of a group's titles that a word is said of before it may name the group."""
MUCH_MORE: Final = 3.0
"""How much more often it must be said of them than of all titles."""
_WEIGHTS: Final = {"keywords": 1.0, "genres": 0.7, "decade": 0.2}
_WORDS: Final = 2


@dataclass(frozen=True)
class MicroGenres:
    """Groups of titles.

    Attributes
    ----------
    of_title : int32 (n_titles,)
        The group of each title, -1 where it is of none.
    names : tuple of str
        By group, as shown to viewers.
    """

    of_title: InternalIds
    names: tuple[str, ...]

    @classmethod
    def none(cls, n_titles: int) -> Self:
        """Return what there is where nothing is said of titles."""
        return cls(np.full(n_titles, NOBODYS, np.int32), ())

    @classmethod
    def of(cls, titles: Titles) -> Self:
        """Find the groups of a catalog; the same for the same catalog.

        k-means on the directions of a truncated SVD of TF-IDF (latent semantic analysis, Deerwester et al.,
        1990). Groups that are small, or that no word tells from the rest, are dropped; of groups that would
        have the same name the largest is kept.
        """
        keywords = block(titles.table, "keywords")
        n_groups = int(np.sqrt(len(titles)))
        if not keywords.nnz or n_groups < 2:
            return cls.none(len(titles))
        # On one thread, so that sums are taken in the same order on every machine.
        with threadpool_limits(1):
            groups = _grouped(titles, n_groups)
        groups[np.diff(keywords.indptr) == 0] = NOBODYS  # nothing to tell them by
        return cls._named(titles, groups)

    @classmethod
    def _named(cls, titles: Titles, groups: InternalIds) -> Self:
        words = {name: _Said.of(titles, name) for name in ("genres", "keywords")}
        sizes = np.bincount(groups[groups >= 0], minlength=1)
        of_title = np.full(len(titles), NOBODYS, np.int32)
        names: list[str] = []
        for group in np.argsort(-sizes, kind="stable"):
            members = np.flatnonzero(groups == group)
            name = _name(members, words) if len(members) >= SMALLEST else ""
            if name and name not in names:
                of_title[members] = len(names)
                names.append(name)
        return cls(of_title, tuple(names))

    def write(self, path: Path, ids: IdMap) -> None:
        """Keep the groups as a Parquet file of ``title_id`` and ``micro_genre``."""
        held = self.of_title >= 0
        names = np.array([self.names[group] for group in self.of_title[held]], object)
        columns = {
            "title_id": pa.array(ids.values[held], pa.string()),
            "micro_genre": pa.array(names, pa.string()),
        }
        pq.write_table(pa.table(columns), path)

    @classmethod
    def read(cls, path: Path, ids: IdMap) -> Self:
        """Read groups for a catalog; titles that it does not hold are left out. A missing file holds none."""
        if not path.is_file():
            return cls.none(len(ids))
        table = pq.read_table(path)
        coded = table["micro_genre"].combine_chunks().dictionary_encode()
        rows = ids.internal(table["title_id"].to_pylist())
        of_title = np.full(len(ids), NOBODYS, np.int32)
        of_title[rows[rows >= 0]] = coded.indices.to_numpy()[rows >= 0]
        return cls(of_title, tuple(coded.dictionary.to_pylist()))

    def members(self, group: int) -> InternalIds:
        """Return the titles of a group, by their ids."""
        return self._order[self._starts[group] : self._starts[group + 1]]

    @cached_property
    def _order(self) -> InternalIds:
        held = np.flatnonzero(self.of_title >= 0).astype(np.int32)
        return held[np.argsort(self.of_title[held], kind="stable")]

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.searchsorted(self.of_title[self._order], np.arange(len(self.names) + 1))

    def favourites(
        self, watched: InternalIds, weights: NDArray[np.float32]
    ) -> list[tuple[int, float]]:
        """Return groups of which more than one title was watched, most characteristic first, with their shares.

        The order is that of genres: the share of what was watched, times the root of how much more that is
        than of the catalog.
        """
        of_watched = self.of_title[watched]
        held = of_watched >= 0
        if not held.any():
            return []
        n = len(self.names)
        mass = np.bincount(of_watched[held], weights[held], minlength=n)
        share = mass / max(float(weights.sum()), 1e-9)
        usual = np.diff(self._starts) / len(self.of_title)
        often = np.bincount(of_watched[held], minlength=n) > 1
        order = np.argsort(-share * np.sqrt(share / np.maximum(usual, 1e-9)), kind="stable")
        return [(int(at), float(share[at])) for at in order if often[at] and share[at] > 0]


@dataclass(frozen=True, slots=True)
class _Said:
    """Which words are said of which titles: a column a word, and its share of all titles."""

    matrix: sparse.csr_matrix
    words: list[str]
    usual: NDArray[np.float64]

    @classmethod
    def of(cls, titles: Titles, column: str) -> _Said:
        lists = titles.table[column].combine_chunks()
        rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
        coded = pc.list_flatten(lists).dictionary_encode(null_encoding="encode")
        words = [word or "" for word in coded.dictionary.to_pylist()]
        codes = coded.indices.to_numpy(zero_copy_only=False)
        ones = np.ones(len(rows))
        matrix = sparse.csr_matrix((ones, (rows, codes)), shape=(len(titles), len(words)))
        return cls(matrix, words, np.asarray(matrix.mean(axis=0)).ravel())

    def telling(
        self,
        members: NDArray[np.int64],
        n: int,
        more: float,
        known: Collection[str] = (),
    ) -> list[str]:
        """Return up to ``n`` words of many members, and of far more of them than of all titles."""
        if not self.words:
            return []
        share = np.asarray(self.matrix[members].mean(axis=0)).ravel()
        lift = share / np.maximum(self.usual, 1e-9)
        value = np.where((share >= COMMON) & (lift >= more), share * np.log1p(lift), -1)
        best = np.argsort(-value, kind="stable")[: int((value > 0).sum())]
        told = [self.words[at] for at in best if self.words[at].casefold() not in {"", *known}]
        return told[:n]


def _grouped(titles: Titles, n_groups: int) -> InternalIds:
    blocks = [weight * block(titles.table, name) for name, weight in _WEIGHTS.items()]
    said = normalize(sparse.hstack(blocks).tocsr())
    n = min(64, min(said.shape) - 1)
    directions = normalize(TruncatedSVD(n, random_state=0).fit_transform(said))
    means = MiniBatchKMeans(n_groups, random_state=0, n_init=3, batch_size=4096)
    return means.fit_predict(directions).astype(np.int32)


def _name(members: NDArray[np.int64], said: dict[str, _Said]) -> str:
    known = {word.casefold() for word in said["genres"].words}
    words = said["keywords"].telling(members, _WORDS, MUCH_MORE, known)
    genres = said["genres"].telling(members, 1, 1.2)
    if not words:
        return ""
    return _capital(f"{genres[0]}: {_and(words)}" if genres else _and(words))


def _and(words: Iterable[str]) -> str:
    return " and ".join(words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

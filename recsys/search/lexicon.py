"""Words that name many titles at once: people, genres and languages, with the titles of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Self, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.search.entries import mapped
from recsys.search.folding import folded

Kind = Literal["person", "genre", "language"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
LEXICON: Final = pa.schema(
    [
        ("kind", pa.int8()),  # a place in KINDS
        ("key", pa.string()),  # folded
        ("name", pa.string()),  # as the catalog writes it most often
        ("titles", pa.list_(pa.int32())),  # places of entries, ascending
    ]
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one catalog.

    Attributes
    ----------
    table : pyarrow.Table
        Of ``LEXICON``.
    numbers : mapping
        The row of each word, by its kind and by its key.
    counts : int64 (n_words,)
        How many titles have each.
    """

    table: pa.Table
    numbers: Mapping[Kind, Mapping[str, int]]
    counts: NDArray[np.int64]
    _later: Mapping[int, NDArray[np.int32]] = field(default_factory=dict)

    @classmethod
    def of(cls, titles: pa.Table) -> Self:
        """Read the words of titles in the order of their entries."""
        columns = {
            "person": _together(titles["cast"], _names(titles["crew"])),
            "genre": _pairs(titles["genres"]),
            "language": _pairs(titles["languages"]),
        }
        rows = [row for kind in KINDS for row in _rows(kind, *columns[kind])]
        return cls.from_table(pa.Table.from_pylist(rows, LEXICON).combine_chunks())

    @classmethod
    def from_table(cls, table: pa.Table) -> Self:
        """Read what was written of one."""
        kinds, keys = table["kind"].to_numpy(), table["key"].to_pylist()
        numbers: dict[Kind, dict[str, int]] = {kind: {} for kind in KINDS}
        for row, (kind, key) in enumerate(zip(kinds.tolist(), keys, strict=True)):
            numbers[KINDS[kind]][key] = row
        counts = pc.list_value_length(table["titles"]).to_numpy().astype(np.int64)
        return cls(table, numbers, counts)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Map a file into memory.

        Raises
        ------
        InputError
            If there is no such file, or it is another.
        """
        return cls.from_table(mapped(path, LEXICON))

    def over(self, later: Lexicon, first: int) -> Lexicon:
        """Return these words with those of later titles, the first of which stands at a place."""
        kinds, keys = later.table["kind"].to_pylist(), later.table["key"].to_pylist()
        numbers = {kind: dict(known) for kind, known in self.numbers.items()}
        counts, titles, new = list(self.counts), dict[int, NDArray[np.int32]](), []
        for at, (number, key) in enumerate(zip(kinds, keys, strict=True)):
            moved = later.titles(at) + np.int32(first)
            if (row := numbers[KINDS[number]].get(key)) is None:
                row = numbers[KINDS[number]][key] = len(counts)
                counts.append(np.int64(0))
                new.append({"kind": number, "key": key, "name": later.name(at), "titles": []})
            titles[row] = moved
            counts[row] += len(moved)
        table = pa.concat_tables([self.table, pa.Table.from_pylist(new, LEXICON)])
        return Lexicon(table.combine_chunks(), numbers, np.array(counts, np.int64), titles)

    def rows_of(self, other: Lexicon) -> NDArray[np.int32]:
        """Return the row here of each word of another, all of which are here, int32 (n_words,)."""
        kinds, keys = other.table["kind"].to_pylist(), other.table["key"].to_pylist()
        pairs = zip(kinds, keys, strict=True)
        return np.array([self.numbers[KINDS[kind]][key] for kind, key in pairs], np.int32)

    def row(self, kind: Kind, key: str) -> int | None:
        """Return the row of a word, by its folded text."""
        return self.numbers[kind].get(key)

    def name(self, row: int) -> str:
        """Return a word as the catalog writes it."""
        return str(self.table["name"][row].as_py())

    def kind(self, row: int) -> Kind:
        """Return what a word names."""
        return KINDS[self.table["kind"][row].as_py()]

    def titles(self, row: int) -> NDArray[np.int32]:
        """Return the entries of the titles that have a word, ascending."""
        own = self.table["titles"].chunk(0)[row].values.to_numpy()
        return np.concatenate([own, self._later[row]]) if row in self._later else own


def people_of(titles: pa.Table) -> list[str]:
    """Return the folded names of each title's people, as one text each."""
    cast, crew = titles["cast"].to_pylist(), titles["crew"].to_pylist()
    known: dict[str, str] = {}
    texts = []
    for names, members in zip(cast, crew, strict=True):
        every = [*(names or ()), *(one["name"] for one in members or () if one)]
        for name in every:
            if name and name not in known:
                known[name] = folded(name)
        texts.append(" ".join(dict.fromkeys(known[name] for name in every if name)))
    return texts


Pairs = tuple[NDArray[np.int64], pa.Array]


def _pairs(lists: pa.ChunkedArray) -> Pairs:
    """Return the owner and the text of every entry of lists."""
    whole = lists.combine_chunks()
    owners = pc.list_parent_indices(whole).to_numpy(zero_copy_only=False).astype(np.int64)
    return owners, pc.list_flatten(whole)


def _names(crew: pa.ChunkedArray) -> Pairs:
    owners, members = _pairs(crew)
    return owners, pc.struct_field(members, "name")


def _together(cast: pa.ChunkedArray, crew: Pairs) -> Pairs:
    owners, names = _pairs(cast)
    every = pa.chunked_array([names, crew[1].cast(pa.string())]).combine_chunks()
    return np.concatenate([owners, crew[0]]), every


def _rows(kind: Kind, owners: NDArray[np.int64], texts: pa.Array) -> Iterator[dict[str, object]]:
    """Give the words of one kind by their keys; of several spellings the most frequent stays."""
    coded = texts.dictionary_encode(null_encoding="encode")
    spellings = coded.dictionary.to_pylist()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(spellings)))
    of_spelling = np.split(owners[order], ends)[:-1] if spellings else []
    groups: dict[str, list[int]] = {}
    for number, spelling in enumerate(spellings):
        if spelling and (key := folded(spelling)):
            groups.setdefault(key, []).append(number)
    for key in sorted(groups):
        numbers = sorted(groups[key], key=lambda one: (-len(of_spelling[one]), spellings[one]))
        titles = np.unique(np.concatenate([of_spelling[one] for one in numbers]))
        yield {
            "kind": KINDS.index(kind),
            "key": key,
            "name": spellings[numbers[0]],
            "titles": titles.astype(np.int32),
        }

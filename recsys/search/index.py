"""An index of one catalog in a folder: made as a whole or not at all, and mapped into memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, Self

import numpy as np
import pyarrow as pa

from recsys.durable import sync
from recsys.errors import InputError
from recsys.search import engine
from recsys.search.documents import Document
from recsys.search.engine import Engine
from recsys.search.entries import Entries, in_order, names_of, write
from recsys.search.folding import folded, grams, words
from recsys.search.genres import Genres
from recsys.search.lexicon import Lexicon, people_of
from recsys.search.starts import Starts, table_of
from recsys.search.understanding import Reader

FORMAT: Final = "3"
"""Of what an index holds and how; one of another is made anew."""
PARTIAL: Final = ".partial-"
_ENTRIES, _LEXICON, _STARTS, _WORDS = "entries.arrow", "lexicon.arrow", "starts.arrow", "words"


@dataclass(frozen=True, slots=True)
class Index:
    """An opened index; safe to share among threads.

    Attributes
    ----------
    entries : Entries
    lexicon : Lexicon
    starts : Starts
        Of titles, whose owners are places of entries, and of words, whose owners are rows of the lexicon
        counted down from -1.
    engine : Engine
    reader : Reader
    genres : Genres
    """

    entries: Entries
    lexicon: Lexicon
    starts: Starts
    engine: Engine
    reader: Reader
    genres: Genres

    @classmethod
    def _of(cls, entries: Entries, lexicon: Lexicon, starts: Starts, engine: Engine) -> Self:
        genres = Genres.of(lexicon, entries.n_titles)
        return cls(entries, lexicon, starts, engine, Reader(entries, lexicon), genres)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a folder of ``build``.

        Raises
        ------
        InputError
            If it is none, or a part of it is missing or broken.
        """
        entries, lexicon = Entries.read(folder / _ENTRIES), Lexicon.read(folder / _LEXICON)
        opened = Engine.open(folder / _WORDS, entries.n_titles)
        if len(opened) != len(entries):
            raise InputError(
                expected=f"words of {len(entries)} entries", got=len(opened), where=folder
            )
        return cls._of(entries, lexicon, Starts.read(folder / _STARTS), opened)

    @classmethod
    def of(cls, catalog: pa.Table) -> Self:
        """Make an index of a few titles in memory.

        Raises
        ------
        InputError
            If it is not a table of TITLES.
        """
        ordered = in_order(catalog)
        entries = Entries.of(ordered)
        titles = ordered.slice(0, entries.n_titles)
        lexicon = Lexicon.of(titles)
        starts = Starts.from_table(table_of(_completed(titles, lexicon)))
        made = Engine.of(_documents(ordered, titles), entries.n_titles)
        return cls._of(entries, lexicon, starts, made)

    def over(self, later: Index) -> Self:
        """Return an index that answers as both, where a later entry stands in the place of one of the same id.

        The places of this one's titles stay; those of the later one follow, then the episodes of each.
        """
        entries = self.entries.over(later.entries)
        lexicon = self.lexicon.over(later.lexicon, self.entries.n_titles)
        engine = self.engine.over(later.engine)
        owners, rows = later.starts.owners, lexicon.rows_of(later.lexicon)
        words = owners < 0
        moved = owners + np.int32(self.entries.n_titles)
        moved[words] = -1 - rows[-1 - owners[words]]
        return self._of(entries, lexicon, self.starts.over(later.starts, moved), engine)


def build(catalog: pa.Table, folder: Path) -> None:
    """Make the index of a catalog, beside its place and put there by one rename.

    The same catalog gives the same answers, whatever the order of its rows.

    Parameters
    ----------
    catalog : pyarrow.Table
        TITLES, episodes included.
    folder : Path
        Not there yet; if it is when the index is made, what is there stays.

    Raises
    ------
    InputError
        If it is not such a table.
    """
    ordered = in_order(catalog)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(mkdtemp(prefix=PARTIAL, dir=folder.parent))
    try:
        _fill(ordered, beside)
        beside.chmod(0o755)
        for path in [*beside.rglob("*"), beside]:
            sync(path)
        _place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _fill(catalog: pa.Table, folder: Path) -> None:
    entries = Entries.of(catalog)
    write(entries.table, folder / _ENTRIES)
    titles = catalog.slice(0, entries.n_titles)
    lexicon = Lexicon.of(titles)
    write(lexicon.table, folder / _LEXICON)
    write(table_of(_completed(titles, lexicon)), folder / _STARTS)
    (folder / _WORDS).mkdir()
    engine.write(folder / _WORDS, _documents(catalog, titles))


def _completed(titles: pa.Table, lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    yield from ((row, name) for row, names in enumerate(names_of(titles)) for name in names)
    kinds, names = lexicon.table["kind"].to_pylist(), lexicon.table["name"].to_pylist()
    language = 2
    for row, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        if kind != language:
            yield -1 - row, name


def _documents(catalog: pa.Table, titles: pa.Table) -> Iterator[Document]:
    names = names_of(catalog)
    about = [
        _about(*lists)
        for lists in zip(titles["keywords"].to_pylist(), titles["genres"].to_pylist(), strict=True)
    ]
    for place, people in enumerate(people_of(titles)):
        name, joined = _name(names[place])
        yield Document(place, name, joined, people, about[place])
    for place in range(len(titles), len(catalog)):
        yield Document(place, episode=_name(names[place])[0])


def _name(names: list[str]) -> tuple[str, str]:
    """Return what a title is found by: the words of its names, and what those are where somebody joins them."""
    every: dict[str, None] = {}
    joined: set[str] = set()
    for name in names:
        found = words(name)
        texts = [word.text for word in found]
        joined |= {"".join(pair) for pair in pairwise(texts)} | {"".join(texts)}
        every |= dict.fromkeys(gram for word in found for gram in grams(word))
        every |= dict.fromkeys(letter for word in found if word.dense for letter in word.text)
    return " ".join(every), " ".join(sorted(joined))


def _about(keywords: list[str] | None, genres: list[str] | None) -> str:
    return " ".join(
        dict.fromkeys(folded(word) for word in [*(keywords or ()), *(genres or ())] if word)
    )


def _place(beside: Path, folder: Path) -> None:
    try:
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        return  # somebody else was faster, with the same
    sync(folder.parent)

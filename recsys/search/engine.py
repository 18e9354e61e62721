"""The one door to tantivy: entries by their words, whole, begun or misspelt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log1p
from pathlib import Path
from typing import Final, NamedTuple, Self
from uuid import UUID

import numpy as np
import tantivy
from numpy.typing import NDArray

from recsys.errors import InputError

PLACE, NAME, JOINED, PEOPLE, ABOUT, EPISODE = (
    "place",
    "name",
    "joined",
    "people",
    "about",
    "episode",
)
TEXTS: Final = (NAME, JOINED, PEOPLE, ABOUT, EPISODE)
WEIGHTS: Final = {NAME: 3.0, PEOPLE: 2.0, ABOUT: 1.0}
"""What a word counts, by where it stands."""
LONG: Final = 10
"""Letters of a word from which on two of them may be wrong."""
SURE: Final = 4
"""Letters of a word from which on a word that the catalog has may be a misspelt other one."""
MEMORY: Final = 256_000_000
"""Bytes that a build may hold before it writes a part."""

Query = tantivy.Query


class Document(NamedTuple):
    """One entry; every text is words with spaces between."""

    place: int
    name: str = ""
    joined: str = ""
    people: str = ""
    about: str = ""
    episode: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """Entries that were found, best first.

    Attributes
    ----------
    places : int64 (n,)
    scores : float32 (n,)
        Of this question alone.
    more : bool
        Whether there are others behind these.
    """

    places: NDArray[np.int64]
    scores: NDArray[np.float32]
    more: bool


def write(folder: Path, documents: Iterable[Document]) -> None:
    """Write an index into an empty folder."""
    index = tantivy.Index(_schema(), path=str(folder))
    # One thread, so that the order of entries with equal scores does not depend on chance.
    writer = index.writer(MEMORY, num_threads=1)
    for document in documents:
        made = tantivy.Document()
        made.add_unsigned(PLACE, document.place)
        for field, text in zip(TEXTS, document[1:], strict=True):
            if text:
                made.add_text(field, text)
        writer.add_document(made)
    writer.commit()
    writer.wait_merging_threads()
    _number(folder)


def _number(folder: Path) -> None:
    """Name the segments by their numbers instead of by chance, so that the same entries give the same bytes."""
    meta, managed = folder / "meta.json", folder / ".managed.json"
    told = meta.read_text()
    names = [str(one["segment_id"]) for one in json.loads(told)["segments"]]
    for number, old in enumerate(names, 1):
        new = str(UUID(int=number))
        told = told.replace(old, new)
        for path in folder.glob(f"{old.replace('-', '')}.*"):
            path.rename(folder / f"{new.replace('-', '')}{path.suffix}")
    meta.write_text(told)
    kept = [path.name for path in folder.iterdir() if path.suffix and path != managed]
    managed.write_text(json.dumps(sorted(one for one in kept if not one.startswith("."))))


class Engine:
    """An opened index; safe to share among threads.

    Parameters
    ----------
    searcher : tantivy.Searcher
    schema : tantivy.Schema
    """

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema) -> None:
        self._searcher, self._schema = searcher, schema

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a folder of ``write``.

        Raises
        ------
        InputError
            If it is none.
        """
        try:
            index = tantivy.Index.open(str(folder))
        except (ValueError, OSError) as error:
            raise InputError(expected="an index of titles", got=error, where=folder) from None
        return cls(index.searcher(), index.schema)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def knows(self, word: str) -> bool:
        """Return whether a word stands in the name of a title."""
        return self._searcher.doc_freq(NAME, word) > 0

    def strict(self, words: Sequence[str], limit: int, *, begun: bool) -> Hits:
        """Return the titles that have every word, the last perhaps only begun; words may be joined or parted otherwise."""
        ways = [self._all(words, begun=begun), self._term(JOINED, "".join(words), WEIGHTS[NAME])]
        for at, pair in enumerate(pairwise(words)):
            joined = [*words[:at], "".join(pair), *words[at + 2 :]]
            ways.append(self._all(joined, begun=begun))
        return self._search(_any(ways), limit)

    def loose(self, words: Sequence[str], limit: int, *, begun: bool) -> Hits:
        """Return the titles that have most words, each perhaps misspelt, rarer ones counting more."""
        ways = [
            Query.boost_query(
                self._near(word, begun=begun and at == len(words) - 1), self._rarity(word)
            )
            for at, word in enumerate(words)
        ]
        together = "".join(words)
        ways.append(Query.boost_query(self._fuzzy(JOINED, together, begun=False), 2.0 * len(words)))
        least = max(1, ceil(len(words) / 2))
        shoulds = [(tantivy.Occur.Should, way) for way in ways[:-1]]
        most = Query.boolean_query(shoulds, minimum_number_should_match=least)
        return self._search(_any([most, ways[-1]]), limit)

    def episodes(self, words: Sequence[str], limit: int, *, misspelt: bool) -> Hits:
        """Return the episodes that have every word in their own names, each perhaps misspelt."""
        ways = [
            self._fuzzy(EPISODE, word, begun=False)
            if misspelt and len(word) >= SURE
            else self._term(EPISODE, word)
            for word in words
        ]
        return self._search(_every(ways), limit)

    def _all(self, words: Sequence[str], *, begun: bool) -> Query:
        ways = [
            _any([self._term(field, word, weight) for field, weight in WEIGHTS.items()])
            for word in words
        ]
        if begun and words:
            starts = [self._starting(field, words[-1]) for field in (NAME, PEOPLE)]
            ways[-1] = _any([ways[-1], *starts])
        return _every(ways)

    def _near(self, word: str, *, begun: bool) -> Query:
        ways = [self._term(field, word, 2 * weight) for field, weight in WEIGHTS.items()]
        # A short word that the catalog has is taken as it is: too many others are near it.
        if len(word) >= SURE or not self.knows(word):
            ways.append(self._fuzzy(NAME, word, begun=begun))
        return Query.disjunction_max_query(ways)

    def _fuzzy(self, field: str, word: str, *, begun: bool) -> Query:
        distance = 2 if len(word) >= LONG else 1
        return Query.fuzzy_term_query(self._schema, field, word, distance, True, begun)  # noqa: FBT003

    def _starting(self, field: str, word: str) -> Query:
        # A word with no letter wrong that goes on as it likes: far cheaper than a regular expression.
        return Query.fuzzy_term_query(self._schema, field, word, 0, True, True)  # noqa: FBT003

    def _term(self, field: str, word: str, weight: float = 1.0) -> Query:
        return Query.boost_query(Query.term_query(self._schema, field, word), weight)

    def _rarity(self, word: str) -> float:
        return log1p(len(self) / (1 + self._searcher.doc_freq(NAME, word)))

    def _search(self, query: Query, limit: int) -> Hits:
        found = self._searcher.search(query, limit)
        addresses = [address for _, address in found.hits]
        places = np.array(self._searcher.fast_field_values(PLACE, addresses), np.int64)
        scores = np.array([score for score, _ in found.hits], np.float32)
        count: int = found.count  # type: ignore[attr-defined]  # its stubs leave it out
        return Hits(places, scores, count > len(found.hits))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(PLACE, fast=True)
    for field in TEXTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _every(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])

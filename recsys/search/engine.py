"""The one door to tantivy: entries by their words, whole, begun or misspelt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log1p
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.search.documents import (
    ABOUT,
    EPISODE,
    JOINED,
    NAME,
    PEOPLE,
    PLACE,
    TEXTS,
    Document,
    number,
)

WEIGHTS: Final = {NAME: 3.0, PEOPLE: 2.0, ABOUT: 1.0}
"""What a word counts, by where it stands."""
LONG: Final = 10
"""Letters of a word from which on two of them may be wrong."""
SURE: Final = 4
"""Letters of a word from which on a word that the catalog has may be a misspelt other one."""
COMMON: Final = 0.05
"""Share of the titles from which on a word tells too little of which is meant to be looked for by itself."""
MEMORY: Final = 256_000_000
"""Bytes that a build may hold before it writes a part."""
LITTLE: Final = 16_000_000
"""The same, of what is made in memory."""

Query = tantivy.Query


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


class Layer(NamedTuple):
    """An index, and what its own places are among those of all.

    Attributes
    ----------
    searcher : tantivy.Searcher
    n_titles : int
        Its places below this one are titles, the others episodes.
    titles, episodes : int
        By how much the places of either are moved.
    """

    searcher: tantivy.Searcher
    n_titles: int
    titles: int = 0
    episodes: int = 0


def write(folder: Path, documents: Iterable[Document]) -> None:
    """Write an index into an empty folder."""
    _fill(tantivy.Index(_schema(), path=str(folder)), documents, MEMORY)
    number(folder)


def _fill(index: tantivy.Index, documents: Iterable[Document], memory: int) -> None:
    # One thread, so that the order of entries with equal scores does not depend on chance.
    writer = index.writer(memory, num_threads=1)
    for document in documents:
        made = tantivy.Document()
        made.add_unsigned(PLACE, document.place)
        for field, text in zip(TEXTS, document[1:], strict=True):
            if text:
                made.add_text(field, text)
        writer.add_document(made)
    writer.commit()
    writer.wait_merging_threads()


class Engine:
    """Opened indexes that answer as one; safe to share among threads.

    Parameters
    ----------
    layers : sequence of Layer
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers, self._schema = tuple(layers), _schema()
        self._n_titles = sum(layer.n_titles for layer in layers)

    @classmethod
    def open(cls, folder: Path, n_titles: int) -> Self:
        """Open a folder of ``write``, whose first entries are titles.

        Raises
        ------
        InputError
            If it is none.
        """
        try:
            index = tantivy.Index.open(str(folder))
        except (ValueError, OSError) as error:
            raise InputError(expected="an index of titles", got=error, where=folder) from None
        return cls([Layer(index.searcher(), n_titles)])

    @classmethod
    def of(cls, documents: Iterable[Document], n_titles: int) -> Self:
        """Make one in memory."""
        index = tantivy.Index(_schema())
        _fill(index, documents, LITTLE)
        index.reload()
        return cls([Layer(index.searcher(), n_titles)])

    def over(self, later: Engine) -> Engine:
        """Return both as one: titles of this one, of the later one, then the episodes of each."""
        (own,), (new,) = self._layers, later._layers
        return Engine(
            [
                own._replace(episodes=new.n_titles),
                new._replace(titles=own.n_titles, episodes=len(self)),
            ]
        )

    def __len__(self) -> int:
        return sum(int(layer.searcher.num_docs) for layer in self._layers)

    def knows(self, word: str) -> bool:
        """Return whether a word stands in the name of a title."""
        return self._named(word) > 0

    def _named(self, word: str) -> int:
        return sum(layer.searcher.doc_freq(NAME, word) for layer in self._layers)

    def strict(self, words: Sequence[str], limit: int, *, begun: bool) -> Hits:
        """Return the titles that have every word, the last perhaps only begun; words may be joined or parted otherwise."""
        ways = [self._all(words, begun=begun), self._term(JOINED, "".join(words), WEIGHTS[NAME])]
        for at, pair in enumerate(pairwise(words)):
            joined = [*words[:at], "".join(pair), *words[at + 2 :]]
            ways.append(self._all(joined, begun=begun))
        return self._search(_any(ways), limit)

    def loose(self, words: Sequence[str], limit: int, *, begun: bool) -> Hits:
        """Return the titles that have most words, each perhaps misspelt, rarer ones counting more.

        Of words that are on every twentieth title none is found that has no other: to look through all those would
        cost more than all else.
        """
        ways = [
            Query.boost_query(
                self._near(word, begun=begun and at == len(words) - 1), self._rarity(word)
            )
            for at, word in enumerate(words)
        ]
        frequent = [self._named(word) > COMMON * self._n_titles for word in words]
        telling = [way for way, often in zip(ways, frequent, strict=True) if not often]
        most = _most(telling or ways)
        if telling and any(frequent):
            rest = [way for way, often in zip(ways, frequent, strict=True) if often]
            most = Query.boolean_query(
                [(tantivy.Occur.Must, most), *((tantivy.Occur.Should, way) for way in rest)]
            )
        joined = Query.boost_query(
            self._fuzzy(JOINED, "".join(words), begun=False), 2.0 * len(words)
        )
        # Apart, since as two ways of one question they take half as long again.
        return _both(self._search(most, limit), self._search(joined, limit), limit)

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
        return log1p(len(self) / (1 + self._named(word)))

    def _search(self, query: Query, limit: int) -> Hits:
        found = [_hits(layer, query, limit) for layer in self._layers]
        if len(found) == 1:
            return found[0]
        # Scores of one layer say nothing beside another's: the best of each come first, then the second.
        ranks = np.concatenate([np.arange(len(one.places)) for one in found])
        order = np.argsort(ranks, kind="stable")[:limit]
        more = len(ranks) > limit or any(one.more for one in found)
        return Hits(_joined(found, "places")[order], _joined(found, "scores")[order], more)


def _hits(layer: Layer, query: Query, limit: int) -> Hits:
    found = layer.searcher.search(query, limit)
    hits = found.hits
    if not hits:
        return Hits(np.empty(0, np.int64), np.empty(0, np.float32), more=False)
    scores, addresses = zip(*hits, strict=True)
    own = np.array(layer.searcher.fast_field_values(PLACE, list(addresses)), np.int64)
    places = own + np.where(own < layer.n_titles, layer.titles, layer.episodes)
    count: int = found.count  # type: ignore[attr-defined]  # its stubs leave it out
    return Hits(places, np.array(scores, np.float32), count > len(hits))


def _both(one: Hits, other: Hits, limit: int) -> Hits:
    """Return the hits of two questions by the sums of their scores."""
    if not len(other.places):
        return one
    places, at = np.unique(_joined([one, other], "places"), return_inverse=True)
    scores = np.bincount(at, _joined([one, other], "scores")).astype(np.float32)
    order = np.lexsort((places, -scores))[:limit]
    return Hits(places[order], scores[order], one.more or other.more or len(places) > limit)


def _joined(found: Sequence[Hits], name: str) -> NDArray[Any]:
    return np.concatenate([getattr(one, name) for one in found])


def _most(ways: Sequence[Query]) -> Query:
    """Return the question for at least half of some ways."""
    shoulds = [(tantivy.Occur.Should, way) for way in ways]
    return Query.boolean_query(shoulds, minimum_number_should_match=ceil(len(ways) / 2))


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _every(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(PLACE, fast=True)
    for field in TEXTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()

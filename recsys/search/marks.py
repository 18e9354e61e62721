"""Which parts of a name a question speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from recsys.search.folding import Word, fold, grams, words
from recsys.search.relevance import SIMILAR

SHORTEST: Final = 4
"""Letters of a word that may be marked for a misspelt one."""


REMEMBERED: Final = 20_000
"""Pairs of words of which is remembered whether one may be the other: the names of one answer have many in common."""


class Piece(NamedTuple):
    """A part of a name, and whether the question speaks of it; all parts together are the name."""

    text: str
    matched: bool


def marked(name: str, asked: Sequence[Word]) -> list[Piece]:
    """Return a name in pieces.

    Parameters
    ----------
    name : str
        As it is shown.
    asked : sequence of Word
        Of the question; the last may be only begun.

    Examples
    --------
    >>> marked("Spider-Man 2", words("spiderm"))
    [Piece(text='Spider-Man', matched=True), Piece(text=' 2', matched=False)]
    """
    found = words(name)
    spans = [*_whole(found, asked), *_joined(found, asked)]
    if not spans:
        return [Piece(name, matched=False)] if name else []
    hit = [False] * len(name)
    for start, end in spans:
        hit[start:end] = [True] * (end - start)
    # What stands between two words that are both marked belongs to them.
    for one, other in pairwise(found):
        if hit[one.end - 1] and hit[other.start] and other.start - one.end == 1:
            hit[one.end : other.start] = [True]
    at, pieces = 0, []
    for matched, group in groupby(hit):
        end = at + len(list(group))
        pieces.append(Piece(name[at:end], matched))
        at = end
    return pieces


def speaks_of(name: str, asked: Sequence[Word]) -> bool:
    """Return whether a question has a word of a name, as it is written, of at least three letters."""
    texts = [word.text for word in asked if len(word.text) >= 3 or word.dense]
    bare = fold(name)
    if not any(text in bare for text in texts):
        return False  # as of most names; to take them apart would cost the most of an answer
    return any(word.text in texts for word in words(name))


def _whole(found: Sequence[Word], asked: Sequence[Word]) -> list[tuple[int, int]]:
    spans = []
    pairs = {gram for word in asked if word.dense for gram in grams(word)}
    texts = [word.text for word in asked if not word.dense]
    for word in found:
        if word.dense:
            spans += _pairs(word, pairs)
        elif word.text in texts or _like_any(word.text, texts):
            spans.append((word.start, word.end))
        elif asked and word.text.startswith(asked[-1].text):
            spans.append((word.start, word.start + _begun(word, asked[-1])))
    return spans


def _like_any(one: str, others: Sequence[str]) -> bool:
    # A loop, since this is asked of every word of every name that is sent.
    if len(one) >= SHORTEST:
        for other in others:
            if len(other) >= SHORTEST and _same(one, other):
                return True
    return False


@lru_cache(REMEMBERED)
def _same(one: str, other: str) -> bool:
    short, long = sorted((len(one), len(other)))
    if short < SIMILAR * long or one.startswith(other):
        return False
    return OSA.normalized_similarity(one, other) >= SIMILAR


def _begun(word: Word, asked: Word) -> int:
    """Return how much of a word is typed, or all of it where folding changed its length."""
    length = word.end - word.start
    return len(asked.text) if len(word.text) == length else length


def _pairs(word: Word, pairs: set[str]) -> list[tuple[int, int]]:
    if word.end - word.start != len(word.text):
        return [(word.start, word.end)] if pairs & set(grams(word)) else []
    spans = []
    for pair in pairs:
        at = word.text.find(pair)
        while at >= 0:
            spans.append((word.start + at, word.start + at + len(pair)))
            at = word.text.find(pair, at + 1)
    return spans


def _joined(found: Sequence[Word], asked: Sequence[Word]) -> list[tuple[int, int]]:
    """Return where two words of one side are one of the other."""
    texts = [word.text for word in asked]
    both = {"".join(pair) for pair in pairwise(texts)}
    spans = [(word.start, word.end) for word in found if word.text in both]
    for one, other in pairwise(found):
        together = one.text + other.text
        begun = bool(texts) and len(texts[-1]) > len(one.text) and together.startswith(texts[-1])
        if together in texts or begun:
            spans.append((one.start, other.end))
    return spans

"""More of this and less of that: scores multiplied title by title, for one who said so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recsys.ids import InternalIds
from recsys.topk import FloatMatrix

if TYPE_CHECKING:
    from recsys.ranking.answers import Recommendations

Factors = NDArray[np.float32]
Mask = NDArray[np.bool_]

SOFTENING = 0.5
"""What the title most like one that was turned down loses of its height; one less alike loses less."""

WARMTH = 0.5
"""What the title most like one that was opened gains in height; one less alike gains less."""

EVERY = 3
"""Of so many titles that follow each other at least one is of what there is to be enough of."""


def leaned(scores: FloatMatrix, factors: Factors | None) -> FloatMatrix:
    """Return scores of which each title's height is multiplied.

    It is measured from one deviation below the row's lowest score: so a factor above 1 lifts every title,
    and one below 1 lowers it, on whatever scale a model scores, and also where it has nothing to say.

    Parameters
    ----------
    scores : float32 (n_rows, n_titles)
        ``-inf`` where a title may not come, which stays so.
    factors : float32 (n_titles,), optional
        Above 0; without any the scores are as they were.

    Examples
    --------
    >>> leaned(np.array([[-1.0, 3.0, -np.inf]], np.float32), np.array([1, 0.5, 2], np.float32))
    array([[ -1.,   0., -inf]], dtype=float32)
    """
    if factors is None:
        return scores
    held = np.ma.masked_invalid(scores)
    deviation = held.std(axis=1).filled(0)
    ground = held.min(axis=1).filled(0) - np.where(deviation > 0, deviation, 1)
    return (ground[:, None] + (scores - ground[:, None]) * factors).astype(np.float32)


def softened(ids: InternalIds, scores: FloatMatrix, n_titles: int) -> Factors:
    """Return the factors by which titles fall that are like some that were turned down.

    Parameters
    ----------
    ids : int32 (n_turned_down, n)
        The titles most like each, best first; -1 is none.
    scores : float32 (n_turned_down, n)
        How alike they are.
    n_titles : int

    Returns
    -------
    float32 (n_titles,)
        From ``1 - SOFTENING`` for the most alike of one to 1; of several that tell, the least.
    """
    factors = np.ones(n_titles, np.float32)
    titles, shares = _shares(ids, scores)
    np.minimum.at(factors, titles, 1 - SOFTENING * shares)
    return factors


def warmed(ids: InternalIds, scores: FloatMatrix, n_titles: int) -> Factors:
    """Return the factors by which titles rise that are like some that were opened; parameters as of ``softened``.

    Returns
    -------
    float32 (n_titles,)
        From 1 to ``1 + WARMTH`` for the most alike of one; of several that tell, the most.
    """
    factors = np.ones(n_titles, np.float32)
    titles, shares = _shares(ids, scores)
    np.maximum.at(factors, titles, 1 + WARMTH * shares)
    return factors


def _shares(ids: InternalIds, scores: FloatMatrix) -> tuple[InternalIds, NDArray[np.float32]]:
    """Return titles and how alike each is, as a share of the most alike one of its row."""
    alike = ids >= 0
    height = np.where(alike, scores, 0)
    share = height / np.maximum(height.max(axis=1, initial=0, keepdims=True), 1e-12)
    return ids[alike], share[alike].astype(np.float32)


def with_enough(
    enough: Sequence[Mask], shown: Mask, ask: Callable[[Mask], Recommendations]
) -> Recommendations:
    """Return an answer with enough of some titles, the last ones named exactly so.

    A factor moves what was found, but of a genre that was never watched nothing may have been, and where
    nearly all is of one genre nothing else. So such titles are asked for by themselves besides.

    Parameters
    ----------
    enough : sequence of bool (n_titles,)
        Titles of which at least one in ``EVERY`` has to be.
    shown : bool (n_titles,)
    ask : callable
        From what may be shown to an answer.
    """
    answer = ask(shown)
    for wanted in enough:
        answer = interleaved(answer, ask(shown & wanted), wanted)
    return answer


def interleaved(answer: Recommendations, own: Recommendations, wanted: Mask) -> Recommendations:
    """Return an answer of which no ``EVERY`` titles that follow each other lack a wanted one.

    Parameters
    ----------
    answer : Recommendations
    own : Recommendations
        As many, of wanted titles alone, which come in where they lack: with the score of the title before.
    wanted : bool (n_titles,)
    """
    n = answer.ids.shape[1]
    both = np.concatenate([answer.ids, own.ids], axis=1)
    order = np.array([list(_order(ids, wanted, n)) for ids in both]).reshape(answer.ids.shape)
    # What comes in has the score of the last one before it that was there.
    before = np.maximum(np.maximum.accumulate(np.where(order < n, order, -1), axis=1), 0)
    sources = np.concatenate([answer.sources, own.sources], axis=1)
    return replace(
        answer,
        ids=np.take_along_axis(both, order, axis=1),
        scores=np.take_along_axis(answer.scores, before, axis=1),
        sources=np.take_along_axis(sources, order, axis=1),
    )


def _order(ids: InternalIds, wanted: Mask, n: int) -> Iterator[int]:
    """Give the places of the ``n`` that come, in an answer that its wanted titles follow."""
    plain, more = iter(range(n)), iter(range(n, 2 * n))
    used: set[int] = set()
    lacking = 0
    for _ in range(n):
        place = _next(more, ids, used) if lacking + 1 >= EVERY else None
        place = _next(plain, ids, used) if place is None else place
        if place is None:
            yield n - 1  # the answer is padded, and there is no more
            continue
        used.add(int(ids[place]))
        lacking = 0 if wanted[ids[place]] else lacking + 1
        yield place


def _next(places: Iterator[int], ids: InternalIds, used: set[int]) -> int | None:
    return next((place for place in places if ids[place] >= 0 and ids[place] not in used), None)

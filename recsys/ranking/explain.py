"""Why a title has its score: what each column of the order adds, and each watched title within a part."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recsys.additive import Additive
from recsys.context import Context
from recsys.interactions import Histories
from recsys.ranking import parts
from recsys.ranking.answers import POPULARITY
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.recommender import Recommender

log = logging.getLogger(__name__)

HERE, EVERYWHERE = "popularity_region", "popularity_everywhere"
"""What adds to the score of a title that no part proposes."""
WATCHED = "watched"
"""The rung of what each watched title adds."""


class Term(NamedTuple):
    """What one column adds to a score; the value is NaN where it is not known."""

    name: str
    value: float
    added: float


class Watched(NamedTuple):
    """What one watched title adds, and its share of all that watched titles add or take, in [-1, 1]."""

    title: int
    added: float
    share: float


@dataclass(frozen=True, slots=True)
class Ordered:
    """Where a title stands among all: ``score`` is the base and the sum of the terms.

    Attributes
    ----------
    source : str
        The part that ranks it highest.
    score : float
        As an answer gives it: above 1 for what was proposed.
    base : float
    terms : list of Term
        Largest first; what adds nothing is left out.
    part : str
        The part whose score is shared out among the watched titles: the source, if its score is a sum.
    degraded : tuple of str
    """

    source: str
    score: float
    base: float
    terms: list[Term]
    part: str
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """A part's own score of a title: the base and the sum of what the watched titles add.

    Attributes
    ----------
    score, base : float
    watched : list of Watched
        Largest first; what adds nothing is left out.
    """

    score: float = 0.0
    base: float = 0.0
    watched: tuple[Watched, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a title stands where it does for a viewer.

    Attributes
    ----------
    ordered : Ordered
    shared : Shared
    fame : float
        The share of the titles that fewer watch where the viewer is, in [0, 1].
    degraded : tuple of str
        What was missing.
    """

    ordered: Ordered
    shared: Shared
    fame: float
    degraded: tuple[str, ...]


def explain(
    recommender: Recommender, history: Histories, title: int, context: Context
) -> Explanation:
    """Explain the score that a title has in the hybrid's answer for a history.

    Parameters
    ----------
    recommender : Recommender
    history : Histories
        Of one viewer.
    title : int
        Internal id; one that the context may not be shown, or that was watched, is explained as if nobody had
        proposed it.
    context : Context
    """
    model, known = recommender.model, history.known()
    popular, degraded = _popular(model, known)
    try:
        ordered = _ordered(model, known, title, recommender.allowed(context), context)
    except Exception:
        log.warning("the hybrid is broken", exc_info=True)
        terms = _sorted([Term(EVERYWHERE, float(popular[title]), float(popular[title]))])
        ordered = Ordered(POPULARITY, float(popular[title]), 0.0, terms, "", ("hybrid",))
    shared, missing = _shared(model, known, title, ordered.part)
    fame = float((popular < popular[title]).mean())
    rungs = (*model.missing, *degraded, *ordered.degraded, *missing)
    return Explanation(ordered, shared, fame, tuple(dict.fromkeys(rungs)))


def _ordered(
    model: Hybrid, history: Histories, title: int, shown: NDArray[np.bool_], context: Context
) -> Ordered:
    candidates = model.candidates(history, ~shown[None])
    found = np.flatnonzero(candidates.titles == title)
    if not len(found):
        return _unproposed(model, history, title)
    pair, columns = int(found[0]), model.seen(history, candidates, context)
    scores = model.order.scores(candidates, columns)
    made = model.order.terms(candidates, columns, pair)
    places, names = np.argsort(candidates.ranks[pair], kind="stable"), list(model.parts)
    ranked = [names[at] for at in places]
    sums = (name for name in ranked if isinstance(model.parts[name], Additive))
    listed = zip(model.columns, made.values.tolist(), made.added.tolist(), strict=False)
    return Ordered(
        source=ranked[0],
        score=float(2 + scores[pair] - scores.min()),
        base=float(2 + made.base - scores.min()),
        terms=_sorted([Term(*one) for one in listed]),
        part=next(sums, ""),
    )


def _unproposed(model: Hybrid, history: Histories, title: int) -> Ordered:
    """Explain a title that stands after all that was proposed, by how many watch it."""
    name, whole = parts.popularity(model.parts), float(model.popular(history).max(initial=0))
    scale = 1 / max(whole, 1e-12)
    values = parts.popular(model.parts).origins(str(history.regions[0]), title)
    pairs = zip((HERE, EVERYWHERE), values, strict=True)
    terms = [Term(one, value, value * scale) for one, value in pairs]
    return Ordered(name, sum(values) * scale, 0.0, _sorted(terms), name)


def _shared(
    model: Hybrid, history: Histories, title: int, name: str
) -> tuple[Shared, tuple[str, ...]]:
    part = model.parts.get(name)
    if not isinstance(part, Additive):
        return Shared(), ()
    try:
        made = part.contributions(history, np.array([title], np.int32))
    except Exception:
        log.warning("what watched titles add is broken", exc_info=True)
        return Shared(), (WATCHED,)
    titles, places = np.unique(history.titles, return_inverse=True)
    added = np.bincount(places, made.entries, len(titles))
    whole, base = max(float(np.abs(added).sum()), 1e-30), float(made.base[0])
    order = np.argsort(-np.abs(added), kind="stable")
    watched = [Watched(int(titles[at]), float(added[at]), float(added[at] / whole)) for at in order]
    return Shared(base + float(added.sum()), base, tuple(one for one in watched if one.added)), ()


def _popular(model: Hybrid, history: Histories) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    try:
        return model.popular(history)[0], ()
    except Exception:
        log.warning("popularity is broken", exc_info=True)
        return model.popularity_, (POPULARITY,)


def _sorted(terms: list[Term]) -> list[Term]:
    return sorted((one for one in terms if one.added), key=lambda one: -abs(one.added))

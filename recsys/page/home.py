"""The homepage: which rows a viewer gets, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.page import rows
from recsys.page.compose import compose
from recsys.page.rows import Ranked, Row
from recsys.ranking.recommender import AlgorithmName, Recommendations
from recsys.titles import Titles

POOL = 300
"""Picks from which the rows that are cut by genre or age are filled."""
SEEDS = 2
"""Watched titles that get a row of their own."""
IMPERSONAL: Final = ("popularity", "catalog")
"""Sources that know nothing of the viewer: what they alone proposed is not "for you"."""


class Recommends(Protocol):
    """What a page is made from; ``recsys.ranking.recommender.Recommender`` is one."""

    @property
    def titles(self) -> Titles:
        """The titles that may be recommended."""

    def recommend(
        self, histories: Histories, context: Context, n: int, *, algorithm: AlgorithmName = "hybrid"
    ) -> Recommendations:
        """Return the best titles of each history."""

    def similar(self, titles: InternalIds, context: Context, n: int) -> Recommendations:
        """Return the titles most like each given one."""

    def popular(self, context: Context, n: int) -> Recommendations:
        """Return what many watch now, as one row."""

    def allowed(self, context: Context) -> NDArray[np.bool_]:
        """Return what the context may be shown."""

    def only(self, wanted: NDArray[np.bool_]) -> Self:
        """Return the same, which shows some of the titles alone."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one homepage, and which parts were missing when they were made."""

    rows: list[Row]
    degraded: tuple[str, ...]


def home(
    recommender: Recommends,
    history: Histories,
    context: Context,
    wanted: NDArray[np.bool_] | None = None,
) -> Page:
    """Return a viewer's homepage; an empty history gives the new viewer's.

    Parameters
    ----------
    recommender : Recommends
    history : Histories
        Of one viewer.
    context : Context
    wanted : bool (n_titles,), optional
        What may stand on the page; titles watched may be its reason whether they are wanted or not.
    """
    known = history.known()
    named = recommender.allowed(context)
    recommender = recommender if wanted is None else recommender.only(wanted)
    popular = recommender.popular(context, POOL + len(known.titles))
    allowed = recommender.allowed(context)
    if not len(known.titles):
        proposed = _for_anyone(recommender.titles, one(popular, 0), allowed)
        return Page(compose(proposed, seen=known.titles), popular.degraded)
    picks = recommender.recommend(history, context, POOL)
    because, missing = _because(recommender, _seeds(known, named), context)
    ranked = one(picks, 0), one(popular, 0)
    proposed = _for_viewer(recommender.titles, known, ranked, because, allowed)
    degraded = {*popular.degraded, *picks.degraded, *missing}
    return Page(compose(proposed, seen=known.titles), tuple(sorted(degraded)))


def one(answer: Recommendations, at: int) -> Ranked:
    """Return one row of an answer for several."""
    return Ranked.of(answer.ids[at], answer.scores[at], answer.sources[at])


def _because(
    recommender: Recommends, seeds: InternalIds, context: Context
) -> tuple[list[Row], tuple[str, ...]]:
    """Return a row for each watched title, and which parts were missing."""
    if not len(seeds):
        return [], ()
    alike = recommender.similar(seeds, context, POOL)
    made = [
        rows.because_you_watched(recommender.titles, int(seed), _neighbours(one(alike, at)))
        for at, seed in enumerate(seeds)
    ]
    return made, alike.degraded


def _neighbours(alike: Ranked) -> Ranked:
    """Leave out the popular titles that fill an answer up where too few are alike."""
    return alike.take(~np.isin(alike.sources, IMPERSONAL))


def _crowds(popular: Ranked) -> Ranked:
    """Leave out what stands there for want of knowing what is watched."""
    return popular.take(popular.sources == "popularity")


def _for_viewer(
    titles: Titles,
    history: Histories,
    ranked: tuple[Ranked, Ranked],
    because: list[Row],
    allowed: NDArray[np.bool_],
) -> Iterator[Row]:
    """Propose rows from the viewer's picks and from what the crowd watches."""
    picks, crowd = ranked
    either = picks.then(crowd)
    genres = rows.favourite_genres(titles, history.titles, history.weights)
    by_genre = [rows.genre(titles, name, share, either) for name, share in genres[:2]]
    personal = not np.isin(picks.sources, IMPERSONAL).all()
    if personal:
        yield rows.top_picks(picks, len(history.titles))
    yield from because[:1]
    yield rows.trending(_crowds(crowd))
    yield from by_genre[:1]
    yield rows.new(titles, allowed, either, personal=personal)
    yield from because[1:]
    yield from by_genre[1:]


def _for_anyone(titles: Titles, crowd: Ranked, allowed: NDArray[np.bool_]) -> Iterator[Row]:
    genres = rows.favourite_genres(titles, crowd.ids, np.ones(len(crowd.ids), np.float32))
    yield rows.trending(_crowds(crowd))
    yield rows.new(titles, allowed, crowd, personal=False)
    for name, _ in genres[:4]:
        yield rows.genre(titles, name, 0.0, crowd)


def _seeds(history: Histories, allowed: NDArray[np.bool_]) -> InternalIds:
    """Return the latest titles that were liked no less than usual and may be named here, latest first."""
    liked = (history.weights > 0) & (history.weights >= history.weights.mean())
    return history.titles[liked & allowed[history.titles]][::-1][:SEEDS]

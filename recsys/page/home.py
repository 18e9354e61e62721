"""The homepage: what it is made from is gathered, its rows are proposed, and it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.page.assemble import assemble
from recsys.page.facts import Facts
from recsys.page.kinds.picked import Because
from recsys.page.material import Material, appeals
from recsys.page.policy import Policy
from recsys.page.ranked import Ranked, Row
from recsys.page.visit import Visit
from recsys.ranking.answers import Recommendations
from recsys.ranking.recommender import AlgorithmName
from recsys.titles import Titles

POOL: Final = 400
"""Picks, and titles of the crowd, from which rows are filled."""
LIKE_ONE: Final = 60
"""Titles like a watched one."""
IMPERSONAL: Final = ("popularity", "catalog")
"""Sources that know nothing of the viewer: what they alone proposed is not "for you"."""


class Recommends(Protocol):
    """What a page is made from; ``recsys.ranking.recommender.Recommender`` is one."""

    @property
    def titles(self) -> Titles:
        """The titles that may be recommended."""

    @property
    def popularity(self) -> NDArray[np.float32]:
        """How much each title is watched."""

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
    recommender: Recommends, facts: Facts, policy: Policy, visit: Visit, *, seed: int = 0
) -> Page:
    """Return a viewer's homepage.

    Parameters
    ----------
    recommender : Recommends
    facts : Facts
        Of the recommender's titles.
    policy : Policy
    visit : Visit
    seed : int
        By which is drawn what the page explores.
    """
    material, degraded = gather(recommender, facts, policy, visit)
    proposed = [row for kind in policy.rows for row in kind.rows(material)]
    page = assemble(proposed, material, policy, seed)
    return Page(page or _whatever_there_is(material, policy), degraded)


def _whatever_there_is(material: Material, policy: Policy) -> list[Row]:
    """Return a row of what may be shown at all, watched or not, where no kind of row has anything."""
    (allowed,) = np.nonzero(material.allowed)
    order = np.lexsort([-material.popularity[allowed], ~material.fresh[allowed]])
    ids = allowed[order][: policy.page.titles].astype(np.int32)
    titles = Ranked.of(ids, material.appeal[ids], "catalog")
    words = material.speech.words
    name, why = words.rows["catalog"], words.of_source("catalog")
    return [Row("catalog", "catalog", name, why, "catalog", titles)] if len(ids) else []


def gather(
    recommender: Recommends, facts: Facts, policy: Policy, visit: Visit
) -> tuple[Material, tuple[str, ...]]:
    """Return what a page is made from, and which parts were missing; parameters as of ``home``."""
    known, context = visit.history.known(), visit.context
    named = recommender.allowed(context)
    narrow = recommender if visit.wanted is None else recommender.only(visit.wanted)
    allowed = named if visit.wanted is None else narrow.allowed(context)
    fresh = allowed.copy()
    fresh[known.titles] = False
    popular = narrow.popular(context, POOL + len(known.titles))
    crowd = one(popular, 0)
    crowd = crowd.take(fresh[crowd.ids])
    picks, alike, missing = _personal(narrow, policy, visit, named)
    material = Material(
        facts=facts,
        context=context,
        history=known,
        own=visit.own,
        picks=picks,
        crowd=crowd,
        alike=alike,
        personal=bool(len(picks)) and not np.isin(picks.sources, IMPERSONAL).all(),
        allowed=allowed,
        fresh=fresh,
        appeal=appeals(len(fresh), picks, crowd, policy.page.appeal),
        popularity=narrow.popularity,
        shown=visit.shown,
        opened=visit.opened,
        speech=visit.speech,
    )
    return material, tuple(sorted({*popular.degraded, *missing}))


def _personal(
    recommender: Recommends, policy: Policy, visit: Visit, named: NDArray[np.bool_]
) -> tuple[Ranked, dict[int, Ranked], tuple[str, ...]]:
    """Return the picks, titles like watched ones, and which parts were missing; nothing for a new viewer."""
    known = visit.history.known()
    if not len(known.titles):
        return Ranked.of(*_NO_TITLES, ""), {}, ()
    answer = recommender.recommend(visit.history, visit.context, POOL)
    alike, missing = _alike(recommender, policy, known, named, visit.context)
    return one(answer, 0), alike, (*answer.degraded, *missing)


def one(answer: Recommendations, at: int) -> Ranked:
    """Return one row of an answer for several."""
    return Ranked.of(answer.ids[at], answer.scores[at], answer.sources[at])


_NO_TITLES: Final = (np.empty(0, np.int32), np.empty(0, np.float32))


def _alike(
    recommender: Recommends,
    policy: Policy,
    history: Histories,
    named: NDArray[np.bool_],
    context: Context,
) -> tuple[dict[int, Ranked], tuple[str, ...]]:
    """Return the titles most like each that gets a row, without the popular ones that fill an answer up."""
    kinds = [kind for kind in policy.rows if isinstance(kind, Because)]
    seeds = [kind.seeds(history, named) for kind in kinds]
    if not kinds or not len(seeds[0]):
        return {}, ()
    answer = recommender.similar(seeds[0], context, LIKE_ONE + len(history.titles))
    alike = [one(answer, at) for at in range(len(seeds[0]))]
    kept = [row.take(~np.isin(row.sources, IMPERSONAL)) for row in alike]
    return {int(seed): row for seed, row in zip(seeds[0], kept, strict=True)}, answer.degraded

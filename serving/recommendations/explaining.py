"""Explains: why a title has its place for a viewer, without a word of what the viewer may not be shown."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recsys.context import Context
from recsys.errors import UnknownTitleError
from recsys.ids import UNKNOWN
from recsys.interactions import Histories
from recsys.page import explained as sentences
from recsys.page.speech import Speech
from recsys.ranking.explain import Explanation, Ordered, Shared, Term, explain
from recsys.ranking.rights import STRICTEST
from recsys.schema import MATURITY_AGES
from serving.cards import Card
from serving.catalog_only import CatalogOnly
from serving.recommendations.explanation import (
    AskedWhy,
    Explained,
    Feature,
    Part,
    Rule,
    WatchedTitle,
)
from serving.recommendations.narrowing import asked_for, turned_down, wanted
from serving.recommendations.viewers import Asker
from serving.replica import Replica


def explained(asked: AskedWhy, replica: Replica, asker: Asker, history: Histories) -> Explained:
    """Return why a title has its place for who asks.

    Raises
    ------
    UnknownTitleError
        If the catalog does not hold the title, or the asker may not be shown it: the two are not told apart.
    FilterError
        If the filter does not parse.
    """
    named = replica.recommender.allowed(asker.context)
    title = _visible(asked.content_id, replica, named)
    rules = list(_rules(asked, replica, asker, history, title))
    why, speech = _why(asked, replica, asker, history, title), replica.speech(asker.languages)
    part = _part(why, replica, named, speech)
    return Explained(
        bundle_id=replica.bundle_id,
        degraded=[*replica.missing, *why.degraded, *asker.degraded],
        title=Card(*replica.cards.read_in(speech.tags)(title)),
        eligible=all(rule.passed for rule in rules),
        rules=rules,
        source=why.ordered.source,
        reason=_sentence(speech, why, part, asker.context),
        score=why.ordered.score,
        base=why.ordered.base,
        features=[_feature(term) for term in why.ordered.terms],
        part=part,
    )


def _visible(content_id: str, replica: Replica, named: NDArray[np.bool_]) -> int:
    title = replica.internal(content_id, "contentId")
    if title == UNKNOWN or not named[title]:
        raise UnknownTitleError(
            expected="a title of the catalog", got=content_id, where="contentId"
        )
    return title


def _why(
    asked: AskedWhy, replica: Replica, asker: Asker, history: Histories, title: int
) -> Explanation:
    """Explain the title as it stands in what the request would be answered with."""
    recommender, mask = replica.recommender, wanted(asked, replica, asker)
    # One that is not wanted stands in no such answer: it is explained as it would be if nothing were said.
    if mask is not None and mask[title]:
        recommender = recommender.only(mask)
    if isinstance(recommender, CatalogOnly):
        return _newness(recommender, asker.context, title)
    return explain(recommender, history, title, asker.context)


def _newness(recommender: CatalogOnly, context: Context, title: int) -> Explanation:
    newest = recommender.popular(context, len(recommender.titles))
    place = int(np.flatnonzero(newest.ids[0] == title)[0])
    score, source = float(newest.scores[0, place]), str(newest.sources[0, place])
    ordered = Ordered(source, score, 0.0, [Term("newness", score, score)], "")
    return Explanation(ordered, Shared(), 0.0, newest.degraded)


def _part(
    why: Explanation, replica: Replica, named: NDArray[np.bool_], speech: Speech
) -> Part | None:
    if not why.ordered.part:
        return None
    watched = [one for one in why.shared.watched if named[one.title]]
    hidden = (one.added for one in why.shared.watched if not named[one.title])
    card = replica.cards.read_in(speech.tags)
    cards = [Card(*card(one.title)) for one in watched]
    return Part(
        source=why.ordered.part,
        score=why.shared.score,
        base=why.shared.base,
        watched=[
            WatchedTitle(
                content_id=card.content_id,
                name=card.name,
                contribution=one.added,
                share=one.share,
            )
            for card, one in zip(cards, watched, strict=True)
        ],
        unnamed=sum(hidden),
    )


def _sentence(speech: Speech, why: Explanation, part: Part | None, context: Context) -> str:
    return sentences.sentence(
        speech.words,
        why.ordered.source,
        why.ordered.part,
        [(one.name, one.share) for one in part.watched] if part else [],
        fame=why.fame,
        region=context.region,
    )


def _feature(term: Term) -> Feature:
    value = term.value if math.isfinite(term.value) else None
    return Feature(feature=term.name, value=value, contribution=term.added)


def _rules(
    asked: AskedWhy, replica: Replica, asker: Asker, history: Histories, title: int
) -> Iterator[Rule]:
    """Give the rights that let the title through, and what else may keep it out of a list."""
    row = replica.recommender.titles.table.slice(title, 1).to_pylist()[0]
    words = replica.speech(asker.languages).words
    here, age = asker.context.region, MATURITY_AGES.get(row["maturity_rating"], STRICTEST)
    yield _rule("region", sentences.of_region(words, row["regions"] or [], here))
    yield _rule("window", sentences.of_window(words, row["available_until"]))
    yield _rule("maturity", sentences.of_maturity(words, age))
    if asked.filter is not None:
        met = _kept(asked.model_copy(update={"exclude_items": None}), replica, asker, title)
        yield _rule("filter", sentences.of_filter(words, met=met), passed=met)
    if asked.exclude_items is not None:
        kept = _kept(asked.model_copy(update={"filter": None}), replica, asker, title)
        yield _rule("excludeItems", sentences.of_excluded(words, named=not kept), passed=kept)
    yield from _wishes(replica, asker, title)
    known = bool((history.titles == title).any())
    yield _rule("watched", sentences.of_known(words, known=known), passed=not known)


def _wishes(replica: Replica, asker: Asker, title: int) -> Iterator[Rule]:
    """Give what the asker said of the title, or of one of its words."""
    words = replica.speech(asker.languages).words
    if title in turned_down(replica, asker.engagement):
        yield _rule("thumb", words.sentences["turned-down"], passed=False)
    barred, factors = asker.wishes.barred(replica), asker.wishes.factors(replica)
    if barred is not None and barred[title]:
        yield _rule("taste", words.sentences["never"], passed=False)
    elif factors is not None and factors[title] != 1:
        yield _rule("taste", sentences.of_taste(words, more=bool(factors[title] > 1)))


def _kept(asked: AskedWhy, replica: Replica, asker: Asker, title: int) -> bool:
    mask = asked_for(asked, replica, asker.engagement)
    return mask is None or bool(mask[title])


def _rule(rule: str, reason: str, *, passed: bool = True) -> Rule:
    return Rule.model_validate({"rule": rule, "passed": passed, "reason": reason})

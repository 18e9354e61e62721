"""An explanation adds up to the answer that it explains, and says what it had to do without."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from recsys.context import Context
from recsys.interactions import Histories
from recsys.ranking.explain import EVERYWHERE, HERE, Explanation, explain
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.recommender import Recommender
from tests import worlds
from tests.recsys.ranking.conftest import with_column

CONTEXT = Context(now=worlds.NOW, region="DE")


def history(*titles: int, region: str = "DE") -> Histories:
    return replace(Histories.of([list(titles)], 40), regions=np.array([region], "U2"))


def with_model(recommender: Recommender, **changes: object) -> Recommender:
    """Return the recommender over a model of which some attributes are others."""
    model = copy(recommender.model)
    for name, value in changes.items():
        setattr(model, name, value)
    return replace(recommender, model=model)


def total(why: Explanation) -> float:
    return why.ordered.base + sum(term.added for term in why.ordered.terms)


@pytest.mark.parametrize("order", ["ranker", "votes", "blend", "als"])
def test_every_score_of_an_answer_is_the_sum_of_its_terms(
    recommender: Recommender, order: str
) -> None:
    asked = history(0, 4, 8, 13)
    if order != "ranker":
        recommender = with_model(recommender, order_=np.array([order]), ranker=None)
    answer = recommender.recommend(asked, CONTEXT, 36)
    given = zip(answer.ids[0].tolist(), answer.scores[0], answer.sources[0], strict=True)
    proposed = 0
    for title, score, source in given:
        why = explain(recommender, asked, title, CONTEXT)
        assert why.ordered.source == source
        assert why.ordered.score == pytest.approx(float(score), rel=1e-5)
        assert total(why) == pytest.approx(float(score), rel=1e-4, abs=1e-5)
        assert why.degraded == ()
        proposed += score > 1
    assert proposed > 20


def test_what_watched_titles_add_is_the_score_of_the_part_that_is_named(
    recommender: Recommender,
) -> None:
    asked = history(0, 4, 8, 13)
    answer = recommender.recommend(asked, CONTEXT, 20)
    named = set()
    for title in answer.ids[0].tolist():
        why = explain(recommender, asked, title, CONTEXT)
        part = recommender.model.parts[why.ordered.part]
        shared = why.shared
        scale = float(np.abs(part.score(asked)).max())
        assert shared.score == pytest.approx(part.score(asked)[0, title], abs=1e-4 * scale)
        added = [one.added for one in shared.watched]
        assert shared.base + sum(added) == pytest.approx(shared.score, abs=1e-5 * scale)
        assert added == sorted(added, key=abs, reverse=True)
        shares = [one.share for one in shared.watched]
        assert sum(map(abs, shares)) == pytest.approx(1 if added else 0)
        assert {one.title for one in shared.watched} <= {0, 4, 8, 13}
        assert why.ordered.part == why.ordered.source
        named.add(why.ordered.part)
    assert named & {"ease", "item-knn", "als", "content"}


def test_features_are_named_with_what_was_seen_of_them(recommender: Recommender) -> None:
    asked = history(0, 4, 8, 13)
    best = int(recommender.recommend(asked, CONTEXT, 1).ids[0, 0])
    terms = {term.name: term for term in explain(recommender, asked, best, CONTEXT).ordered.terms}
    assert set(terms) <= set(recommender.model.columns)
    assert any(name.startswith("score_") for name in terms)
    added = [abs(term.added) for term in terms.values()]
    assert added == sorted(added, reverse=True)
    assert 0 not in added


def test_a_new_viewer_is_told_of_the_region_and_of_everybody(recommender: Recommender) -> None:
    nobody = history()
    best = recommender.recommend(nobody, CONTEXT, 1)
    why = explain(recommender, nobody, int(best.ids[0, 0]), CONTEXT)
    assert why.ordered.source == best.sources[0, 0] == "popularity"
    # The most popular title is the measure of all: its score is 1.
    assert why.ordered.score == total(why) == pytest.approx(1)
    assert why.shared.watched == ()
    assert {term.name for term in why.ordered.terms} <= {HERE, EVERYWHERE}
    popular = recommender.model.popular(nobody)[0]
    assert why.fame == (popular < popular.max()).mean()
    third = int(np.argsort(-popular)[2])
    other = explain(recommender, nobody, third, CONTEXT)
    assert total(other) == pytest.approx(popular[third] / popular.max())


@pytest.mark.parametrize("title", [0, 20])
def test_what_was_not_proposed_stands_where_popularity_puts_it(
    recommender: Recommender, title: int
) -> None:
    # Title 0 was watched, title 20 may not be shown to a child.
    rated = with_column(recommender, "maturity_rating", ["all"] * 12 + ["18"] * 28)
    child = replace(CONTEXT, maximum_age=7)
    why = explain(rated, history(0, 4), title, child)
    popular = recommender.model.popular(history())[0]
    assert why.ordered.source == why.ordered.part == "popularity"
    assert why.ordered.score == total(why) == pytest.approx(popular[title] / popular.max())
    assert why.shared.watched == ()


def test_a_title_that_the_catalog_does_not_hold_adds_nothing(recommender: Recommender) -> None:
    with_unknown, without = history(0, -1, 8), history(0, 8)
    one, other = (explain(recommender, asked, 12, CONTEXT) for asked in (with_unknown, without))
    assert one == other


class Broken:
    """A part that fails at whatever it is asked."""

    name = "broken"

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


def test_a_broken_hybrid_leaves_popularity(recommender: Recommender) -> None:
    parts = recommender.model.parts | {"ease": Broken()}
    broken = with_model(recommender, parts=parts)
    asked = history(0, 4)
    why = explain(broken, asked, 12, CONTEXT)
    answer = broken.recommend(asked, CONTEXT, 40)
    assert why.degraded == answer.degraded == ("hybrid",)
    place = answer.ids[0].tolist().index(12)
    assert why.ordered.score == total(why) == answer.scores[0, place]
    assert (why.ordered.source, why.shared.watched) == (answer.sources[0, place], ())


def test_where_popularity_is_broken_too_the_plainest_counts_are_left(
    recommender: Recommender,
) -> None:
    broken = with_model(recommender, parts={"popularity": Broken()})
    why = explain(broken, history(0, 4), 12, CONTEXT)
    assert why.degraded == ("popularity", "hybrid")
    assert why.ordered.score == recommender.model.popularity_[12]


def test_where_a_part_cannot_share_its_score_out_the_rest_is_there(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = history(0, 4, 8, 13)
    best = int(recommender.recommend(asked, CONTEXT, 1).ids[0, 0])
    whole = explain(recommender, asked, best, CONTEXT)
    part = recommender.model.parts[whole.ordered.part]

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(type(part), "_added", fail)
    why = explain(recommender, asked, best, CONTEXT)
    assert (why.ordered, why.shared.watched, why.degraded) == (whole.ordered, (), ("watched",))


def test_a_missing_ranker_is_named(recommender: Recommender, model: Hybrid) -> None:
    without = with_model(recommender, ranker=None, features=None, missing=("ranker",))
    why = explain(without, history(0, 4, 8), 12, CONTEXT)
    assert why.degraded == ("ranker",)
    assert {term.name for term in why.ordered.terms} <= {f"vote_{name}" for name in model.parts}

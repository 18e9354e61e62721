"""What each part of a hybrid adds: the judges' lists without it, and whose titles they found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Interactions
from recsys.metrics.interval import Interval, mean_interval, paired
from recsys.ranking.candidates import Candidates
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.schooling import PLACES, Exercise, best_ids, enough, learned_order, watched
from recsys.ranking.sight import BLEND, DISSENT, VOTES, of_part
from recsys.titles import Titles


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one part does for the judges, viewers from whom the ranker did not learn.

    Attributes
    ----------
    part : str
    alone : Interval
        NDCG@10 if this part orders all candidates.
    added : Interval
        NDCG@10 of the whole less that of a hybrid without the part and what it alone proposed.
    credited : float
        Share of the titles found in the first ten places that this part ranks highest.
    only : float
        Share of them that no other part would have proposed.
    """

    part: str
    alone: Interval
    added: Interval
    credited: float
    only: float


def ablation(model: Hybrid, interactions: Interactions, titles: Titles) -> list[Contribution]:
    """Teach rankers with and without each part of a hybrid, and compare them on the judges.

    Parameters
    ----------
    model : Hybrid
        Unfitted.
    interactions : Interactions
    titles : Titles

    Returns
    -------
    list of Contribution
        In the order of the parts; empty if there is too little to teach or to judge.
    """
    done = model.practise(interactions, titles)
    if not enough(done):
        return []
    config = model.config
    _, whole = learned_order(done, model.columns, model.blend_, config.ranker)
    values = _values(done, whole)
    contributions = []
    for at, part in enumerate(model.parts):
        less = [_without(one, model, at) for one in done]
        names = [name for name in model.columns if name not in of_part(part)]
        _, ordered = learned_order(less, names, np.delete(model.blend_, at), config.ranker)
        alone = _values(done, [one.candidates.scores[:, at] for one in done])
        contributions.append(
            Contribution(
                part,
                mean_interval(alone),
                paired(values, _values(less, ordered)),
                *_found(done, whole, at, config.quota),
            )
        )
    return contributions


def _without(one: Exercise, model: Hybrid, at: int) -> Exercise:
    """Return an exercise as it were if a part had neither proposed nor scored."""
    kept = np.arange(len(model.parts)) != at
    pairs, names = one.candidates, model.columns
    shown = pairs.ranks[:, kept].min(axis=1) < model.config.quota
    less = Candidates(
        pairs.viewers[shown],
        pairs.titles[shown],
        pairs.scores[shown][:, kept],
        pairs.ranks[shown][:, kept],
    )
    columns = one.columns[shown]
    columns[:, names.index(VOTES)] = less.votes.sum(axis=1)
    columns[:, names.index(BLEND)] = less.scores @ model.blend_[kept]
    columns[:, names.index(DISSENT)] = less.ranks.std(axis=1)
    part = list(model.parts)[at]
    return Exercise(one.lesson, less, columns[:, [name not in of_part(part) for name in names]])


def _found(
    done: list[Exercise], whole: list[NDArray[np.float32]], at: int, quota: int
) -> tuple[float, float]:
    """Return the shares of the hits that a part ranks highest, and that it alone proposes."""
    ranks = np.concatenate(
        [one.candidates.ranks[_hits(one, scores)] for one, scores in zip(done, whole, strict=True)]
    )
    proposed = ranks < quota
    only = proposed[:, at] & (proposed.sum(axis=1) == 1)
    hits = max(len(ranks), 1)
    return float((ranks.argmin(axis=1) == at).sum() / hits), float(only.sum() / hits)


def _hits(one: Exercise, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mark the pairs in a judge's first places that the judge watched."""
    pairs = one.candidates
    ids = best_ids(pairs.viewers, pairs.titles, scores, len(one.lesson.viewers), PLACES)
    listed = (ids[pairs.viewers] == pairs.titles[:, None]).any(axis=1)
    return listed & (watched(one.lesson, pairs) > 0) & one.judges[pairs.viewers]


def _values(done: list[Exercise], scores: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return NDCG@10 of every judge, by some scores of the candidates."""
    return np.concatenate(
        [one.order(own)[one.judges] for one, own in zip(done, scores, strict=True)]
    )

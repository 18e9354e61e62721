"""What each part of a hybrid adds: the judges' lists without it, and whose titles they found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Interactions
from recsys.metrics.interval import Interval, mean_interval, paired
from recsys.ranking.blend import learned
from recsys.ranking.candidates import Candidates
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.schooling import (
    PLACES,
    Exercise,
    best_ids,
    by_viewer,
    enough,
    learned_order,
    watched,
)
from recsys.ranking.sight import BLEND, DISSENT, VOTES, of_part
from recsys.titles import Titles


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one part does for the judges, viewers from whom neither ranker nor blend learned.

    Attributes
    ----------
    part : str
    alone : Interval
        NDCG@10 if this part orders all candidates.
    added : Interval
        NDCG@10 of the whole less that of one without the part and what it alone proposed, its blend and its
        ranker learned anew. It orders what the whole had shortlisted, so it never gets titles in place of those.
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
    # One ranker each: several together are better, but by as much with a part as without.
    config = model.config.ranker.model_copy(update={"rankers": 1})
    _, whole = learned_order(done, model.columns, model.blend_, config)
    values = _values(done, whole)
    contributions = []
    for at, part in enumerate(model.parts):
        less, blend = _without(done, model, at)
        names = [name for name in model.columns if name not in of_part(part)]
        _, ordered = learned_order(less, names, blend, config)
        alone = _values(done, [one.candidates.scores[:, at] for one in done])
        contributions.append(
            Contribution(
                part,
                mean_interval(alone),
                paired(values, _values(less, ordered)),
                *_found(done, whole, at),
            )
        )
    return contributions


def _without(
    done: list[Exercise], model: Hybrid, at: int
) -> tuple[list[Exercise], NDArray[np.float32]]:
    """Return exercises as they were if a part had neither proposed nor scored, and the others' blend."""
    others = np.flatnonzero(np.arange(len(model.parts)) != at)
    names, part = model.columns, list(model.parts)[at]
    shown = [one.candidates.proposed[:, others].sum(axis=1) > 0 for one in done]
    pairs = [one.candidates.chosen(kept, others) for one, kept in zip(done, shown, strict=True)]
    blend = _blend(done, pairs)
    less = []
    for one, kept, own in zip(done, shown, pairs, strict=True):
        columns = one.columns[kept]
        columns[:, names.index(VOTES)] = own.votes.sum(axis=1)
        columns[:, names.index(BLEND)] = own.scores @ blend
        columns[:, names.index(DISSENT)] = own.ranks.std(axis=1)
        columns = columns[:, [name not in of_part(part) for name in names]]
        less.append(Exercise(one.lesson, own, columns))
    return less, blend


def _blend(done: list[Exercise], pairs: list[Candidates]) -> NDArray[np.float32]:
    """Learn what each part counts from all but the judges."""
    viewers, scores, labels, start = [], [], [], 0
    for one, own in zip(done, pairs, strict=True):
        taught = ~one.judges[own.viewers]
        viewers.append(own.viewers[taught] + start)
        scores.append(own.scores[taught])
        labels.append(watched(one.lesson, own)[taught])
        start += len(one.judges)
    return learned(np.concatenate(viewers), np.concatenate(scores), np.concatenate(labels))


def _found(done: list[Exercise], whole: list[NDArray[np.float32]], at: int) -> tuple[float, float]:
    """Return the shares of the hits that a part ranks highest, and that it alone proposes."""
    hits = [_hits(one, scores) for one, scores in zip(done, whole, strict=True)]
    ranks, proposed = (
        np.concatenate(
            [getattr(one.candidates, name)[hit] for one, hit in zip(done, hits, strict=True)]
        )
        for name in ("ranks", "proposed")
    )
    only = proposed[:, at] & (proposed.sum(axis=1) == 1)
    count = max(len(ranks), 1)
    return float((ranks.argmin(axis=1) == at).sum() / count), float(only.sum() / count)


def _hits(one: Exercise, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mark the pairs in a judge's first places that the judge watched."""
    pairs = one.candidates
    ids = best_ids(pairs.viewers, pairs.titles, scores, len(one.lesson.viewers), PLACES)
    listed = (ids[pairs.viewers] == pairs.titles[:, None]).any(axis=1)
    return listed & (watched(one.lesson, pairs) > 0) & one.judges[pairs.viewers]


def _values(done: list[Exercise], scores: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return the mean NDCG@10 of every judge, by some scores of the candidates."""
    return by_viewer(done, [one.order(own) for one, own in zip(done, scores, strict=True)])

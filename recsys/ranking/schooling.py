"""How a hybrid's ranker is taught, and whether it has earned its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.context import Context
from recsys.metrics.ranking import ndcg
from recsys.ranking import rights, sight
from recsys.ranking.blend import even, learned
from recsys.ranking.candidates import Candidates, propose
from recsys.ranking.config import HybridConfig
from recsys.ranking.courses import Course
from recsys.ranking.features import PairFeatures
from recsys.ranking.lessons import Lesson, chosen, sample
from recsys.ranking.ranker import Lists, Ranker, RankerConfig
from recsys.titles import Titles
from recsys.topk import FloatMatrix

BLOCK_SCORES = 4_000_000
"""Scores of one part held at once."""
RANKED = "ranker"
PLACES = 10
VALIDATION = 5
"""One viewer in so many judges instead of teaching, and the next tells when to stop."""
LEAST_LISTS = 50
"""Fewer lists than these teach nothing worth serving."""
BLEND_VIEWERS = 1500
"""Few weights need no more."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """Candidates of one lesson with all that the ranker sees."""

    lesson: Lesson
    candidates: Candidates
    columns: FloatMatrix

    def order(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return NDCG@10 of each viewer if the candidates were ordered by some scores."""
        pairs = self.candidates
        ids = best_ids(pairs.viewers, pairs.titles, scores, len(self.lesson.viewers), PLACES)
        return ndcg(ids, self.lesson.held_out, PLACES)

    def lists(self, wanted: NDArray[np.bool_]) -> Lists:
        """Return the lists of some viewers, bool (n_viewers,), that hold something to find."""
        pairs = self.candidates
        labels = watched(self.lesson, pairs)
        found = np.bincount(pairs.viewers, labels, minlength=len(wanted)) > 0
        kept = (wanted & found)[pairs.viewers]
        sizes = np.bincount(pairs.viewers[kept], minlength=len(wanted))
        return Lists(self.columns[kept], labels[kept], sizes[sizes > 0])

    @property
    def judges(self) -> NDArray[np.bool_]:
        """Which viewers teach nothing and are judged by, the same in every lesson, bool (n_viewers,)."""
        return _judging(self.lesson)

    @property
    def stopping(self) -> NDArray[np.bool_]:
        """Which viewers tell how many trees serve, bool (n_viewers,)."""
        return self.lesson.viewers % VALIDATION == 1

    def count(self, wanted: NDArray[np.bool_]) -> int:
        """Return how many ``lists`` some viewers have."""
        pairs = self.candidates
        found = np.bincount(pairs.viewers, watched(self.lesson, pairs), minlength=len(wanted)) > 0
        return int((found & wanted).sum())


def best_ids(
    viewers: NDArray[np.int64],
    titles: NDArray[np.int32],
    scores: NDArray[np.float32],
    n_viewers: int,
    n: int,
) -> NDArray[np.int32]:
    """Return each viewer's ``n`` best pairs, int32 (n_viewers, n) padded with -1."""
    order = np.lexsort((titles, -scores, viewers))
    ranks = np.arange(len(order)) - np.searchsorted(viewers, viewers[order])
    ids = np.full((n_viewers, n), -1, np.int32)
    top = ranks < n
    ids[viewers[order][top], ranks[top]] = titles[order][top]
    return ids


def blended(
    parts: Mapping[str, Algorithm], course: Course, titles: Titles, config: HybridConfig
) -> NDArray[np.float32]:
    """Return what each part's standard score is to count, learned on a few viewers of each lesson."""
    pairs, labels, start = [], [], 0
    for number, lesson in enumerate(course.lessons):
        teachers = chosen(lesson, np.flatnonzero(~_judging(lesson)))
        few = sample(teachers, max(1, BLEND_VIEWERS // len(course.lessons)), seed=number)
        for block in _blocks(few):
            found = _proposed(parts, block, titles, config)
            pairs.append((found.viewers + start, found.scores))
            labels.append(watched(block, found))
            start += len(block.viewers)
    if not pairs:
        return even(len(parts))
    viewers, standard = (np.concatenate(one) for one in zip(*pairs, strict=True))
    return learned(viewers, standard, np.concatenate(labels))


def exercises(
    parts: Mapping[str, Algorithm],
    course: Course,
    titles: Titles,
    config: HybridConfig,
    *,
    weights: NDArray[np.float32],
    features: type[PairFeatures] | None,
) -> Iterator[Exercise]:
    """Yield exercises over the lessons of a course, for parts that saw nothing of the answers.

    Parameters
    ----------
    parts : mapping
        Fitted on ``course.earlier``.
    course : Course
    titles : Titles
    config : HybridConfig
    weights : float32 (n_parts,)
        The blend by which candidates are shortlisted.
    features : optional
        Snapshots of them are taken at the start of each lesson.
    """
    snapshot, taken = None, None
    for lesson in course.lessons:
        if features is not None and taken != lesson.start:
            snapshot = features.fit(course.known.before(lesson.start), titles, lesson.start)
            taken = lesson.start
        for block in _blocks(lesson):
            candidates = _proposed(parts, block, titles, config)
            candidates = candidates.shortlist(weights, config.shortlist)
            columns = [sight.columns(parts, block.histories, candidates, weights, config)]
            if snapshot is not None:
                columns.append(_pairs(snapshot, block, candidates))
            yield Exercise(block, candidates, np.column_stack(columns).astype(np.float32))


def watched(lesson: Lesson, candidates: Candidates) -> NDArray[np.int32]:
    """Return 1 for each candidate that its viewer watched then, int32 (n_pairs,)."""
    held_out = lesson.held_out.to_csr()[candidates.viewers, candidates.titles]
    return (np.asarray(held_out).ravel() > 0).astype(np.int32)


def enough(given: list[Exercise]) -> bool:
    """Return whether there are lists enough to teach a ranker and to judge it."""
    taught = sum(one.count(~one.judges & ~one.stopping) for one in given)
    judging = sum(one.count(one.judges) for one in given)
    return taught >= LEAST_LISTS and judging >= LEAST_LISTS // VALIDATION


def learned_order(
    given: list[Exercise], names: list[str], blend: NDArray[np.float32], config: RankerConfig
) -> tuple[Ranker, list[NDArray[np.float32]]]:
    """Return a ranker of which the judges know nothing, and its scores of all candidates."""
    ranker = Ranker.fit(
        _joined(one.lists(~one.judges & ~one.stopping) for one in given),
        names,
        config,
        validation=_joined(one.lists(one.stopping) for one in given),
    )
    tempered = [
        one.candidates.tempered(ranker.predict(one.columns), blend, config.temper) for one in given
    ]
    return ranker, tempered


def teach(
    given: list[Exercise],
    names: list[str],
    parts: tuple[str, ...],
    blend: NDArray[np.float32],
    config: RankerConfig,
) -> tuple[Ranker | None, dict[str, float]]:
    """Fit a ranker on most viewers, and keep it unless the rest are served worse by it.

    Worse is beyond chance, by two standard errors: a few judges are a poor reason to give it up.

    Returns
    -------
    Ranker or None
        Learned again from all viewers, with as many trees as served the judges.
    dict
        Mean NDCG@10 of the judges: by the ranker, the votes, the blend, and each part alone; empty if
        there are too few viewers to teach or to judge.
    """
    if not enough(given):
        return None, {}
    singles = {name: at for at, name in enumerate(parts)}
    columns = {"votes": 2 * len(parts), "blend": 2 * len(parts) + 1, **singles}
    singly = {
        name: by_viewer(given, [one.order(one.columns[:, at]) for one in given])
        for name, at in columns.items()
    }
    reached = {name: float(values.mean()) for name, values in singly.items()}
    ranker, scores = learned_order(given, names, blend, config)
    ranked = by_viewer(given, [one.order(own) for one, own in zip(given, scores, strict=True)])
    reached[RANKED] = float(ranked.mean())
    best = max(reached, key=reached.__getitem__)
    if best != RANKED:
        lost = singly[best] - ranked
        if lost.mean() > 2 * lost.std() / np.sqrt(len(lost)):
            return None, reached
    every = _joined(one.lists(np.ones(len(one.judges), bool)) for one in given)
    return Ranker.fit(every, names, config, trees=ranker.trees), reached


def by_viewer(given: list[Exercise], values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return each judge's mean over lessons, float64 (n_judges,): one viewer's are not independent.

    Parameters
    ----------
    given : list of Exercise
    values : list of float64 (n_viewers,)
        Of every viewer of each exercise.
    """
    judging = [one.judges for one in given]
    viewers, joined = (
        np.concatenate([own[judges] for own, judges in zip(each, judging, strict=True)])
        for each in ([one.lesson.viewers for one in given], values)
    )
    _, places = np.unique(viewers, return_inverse=True)
    return np.bincount(places, joined) / np.bincount(places)


def _judging(lesson: Lesson) -> NDArray[np.bool_]:
    return lesson.viewers % VALIDATION == 0


def _blocks(lesson: Lesson) -> Iterator[Lesson]:
    size = max(1, BLOCK_SCORES // lesson.histories.n_titles)
    rows = np.arange(len(lesson.viewers))
    for start in range(0, len(rows), size):
        yield chosen(lesson, rows[start : start + size])


def _proposed(
    parts: Mapping[str, Algorithm], lesson: Lesson, titles: Titles, config: HybridConfig
) -> Candidates:
    closed = rights.closed(titles, lesson.histories, lesson.start)
    return propose(parts, lesson.histories, config.quota, closed)


def _pairs(snapshot: PairFeatures, lesson: Lesson, candidates: Candidates) -> FloatMatrix:
    """Ask for the features of viewers of one moment together: a context has one moment."""
    columns = np.empty((len(candidates.titles), len(snapshot.names)), np.float32)
    # Each moment and device is asked about once.
    contexts, of_viewer = np.unique(
        np.rec.fromarrays([lesson.moments, lesson.devices]), return_inverse=True
    )
    asked = of_viewer[candidates.viewers]
    for at, (moment, device) in enumerate(contexts):
        rows = np.flatnonzero(asked == at)
        own, viewers = np.unique(candidates.viewers[rows], return_inverse=True)
        context = Context(now=rights.utc(moment), device=str(device))
        histories = lesson.histories.take(own)
        columns[rows] = snapshot(histories, viewers, candidates.titles[rows], context)
    return columns


def _joined(lists: Iterable[Lists]) -> Lists:
    columns, labels, sizes = zip(
        *((one.columns, one.labels, one.sizes) for one in lists), strict=True
    )
    return Lists(np.concatenate(columns), np.concatenate(labels), np.concatenate(sizes))

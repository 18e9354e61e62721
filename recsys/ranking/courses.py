"""What a hybrid is taught by: for each question that it may be asked, what is put to its ranker.

The parts learn from what came earlier and see nothing of the answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Histories, Interactions, Moments
from recsys.ranking.config import HybridConfig
from recsys.ranking.lessons import Lesson, edges, lessons, next_devices, sample

LEAST_ENTRIES = 5
"""Shorter histories are not cut in two for a question about the rest."""
MOST_TAKEN = 0.25
"""Of all entries the last few places may take this share, or the parts would know too little."""


@dataclass(frozen=True, slots=True)
class Course:
    """Lessons, and what may be known when they are given.

    Attributes
    ----------
    earlier : Interactions
        What the parts learn from.
    known : Interactions
        What snapshots are taken of, as it was before each lesson's start.
    moments : datetime64[s]
        Edges of the stretches of time, for lessons about the time to come; otherwise empty.
    lessons : tuple of Lesson
    """

    earlier: Interactions
    known: Interactions
    moments: Moments
    lessons: tuple[Lesson, ...]


def course(interactions: Interactions, config: HybridConfig) -> Course | None:
    """Return what teaches a ranker to answer ``config.question``, or None if there is too little.

    Parameters
    ----------
    interactions : Interactions
        Each entry at the first time of the viewer with its title.
    config : HybridConfig
    """
    return COURSES[config.question](interactions, config)


def _later(interactions: Interactions, config: HybridConfig) -> Course | None:
    """Ask at past moments what viewers watched in the time that followed."""
    moments = edges(interactions.histories, config.later_share, config.stretches)
    if len(moments) < 2 or not len(earlier := interactions.before(moments[0])):
        return None
    share = max(1, config.most_lessons // (2 * (len(moments) - 1)))
    given = tuple(
        sample(whole, share, seed=number)
        for number, whole in enumerate(lessons(interactions.histories, moments, seed=0))
    )
    return Course(earlier, interactions, moments, given)


def _next(interactions: Interactions, config: HybridConfig) -> Course | None:
    """Ask for each of the last few titles of a history what comes next."""
    histories = interactions.histories
    places = config.places
    while places > 1 and np.minimum(histories.lengths, places).sum() > MOST_TAKEN * len(
        interactions
    ):
        places -= 1
    earlier = histories.keep(histories.steps_ago >= places)
    if not len(earlier.titles):
        return None
    share = max(1, config.most_lessons // places)
    given = tuple(
        sample(
            _lesson(
                histories.keep(histories.steps_ago > back),
                histories.keep(histories.steps_ago == back),
            ),
            share,
            seed=back,
        )
        for back in range(places)
    )
    known = interactions.with_histories(earlier)
    return Course(known, known, np.empty(0, "datetime64[s]"), given)


def _rest(interactions: Interactions, config: HybridConfig) -> Course | None:
    """Ask for a part of histories that is drawn by chance."""
    chance = np.random.default_rng(1).random(len(interactions))
    return _parted(interactions, config, chance)


def _end(interactions: Interactions, config: HybridConfig) -> Course | None:
    """Ask for the last part of histories."""
    return _parted(interactions, config, np.arange(len(interactions)))


def _parted(
    interactions: Interactions, config: HybridConfig, key: NDArray[np.number]
) -> Course | None:
    """Ask some viewers for the entries of their history whose key is largest."""
    histories = interactions.histories
    able = np.flatnonzero(histories.lengths >= LEAST_ENTRIES)
    asked = np.random.default_rng(0).permutation(able)[: config.most_lessons]
    if not len(asked):
        return None
    place = np.empty(len(key), np.int64)
    place[np.lexsort((key, histories.viewers))] = histories.places
    left = histories.lengths.copy()
    left[asked] -= np.maximum(np.rint(left[asked] * config.held_out).astype(np.int64), 1)
    out = place >= np.repeat(left, histories.lengths)
    known = interactions.with_histories(histories.keep(~out))
    lesson = _lesson(known.histories, histories.keep(out))
    return Course(known, known, np.empty(0, "datetime64[s]"), (lesson,))


def _lesson(past: Histories, wanted: Histories) -> Lesson:
    """Ask everyone at the end of all time, as a model without a clock does."""
    wanted = wanted.keep(wanted.weights > 0)
    rows = np.flatnonzero((past.lengths > 0) & (wanted.lengths > 0))
    end = wanted.occurred_at.max(initial=past.occurred_at.max()) + np.timedelta64(1, "s")
    wanted = wanted.take(rows)
    moments = np.full(len(rows), end)
    return Lesson(end, past.take(rows), wanted, moments, rows, next_devices(wanted))


COURSES: dict[str, Callable[[Interactions, HybridConfig], Course | None]] = {
    "later": _later,
    "next": _next,
    "rest": _rest,
    "end": _end,
}

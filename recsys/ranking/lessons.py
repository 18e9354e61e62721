"""What a ranker learns from: viewers asked at past moments, and what they watched after them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import Histories, Moments
from recsys.schema import DEVICE_TYPES


@dataclass(frozen=True, slots=True)
class Lesson:
    """Viewers asked in one stretch of time.

    Attributes
    ----------
    start : datetime64[s]
        Snapshots for these viewers are taken here.
    histories : Histories
        What each had watched when asked; never empty.
    held_out : Histories
        What each watched then.
    moments : datetime64[s] (n_viewers,)
        When each was asked.
    viewers : int64 (n_viewers,)
        Rows of the interactions.
    devices : str (n_viewers,)
        On what each asked, of ``DEVICE_TYPES``: what was watched next was watched on it. "" where unknown.
    """

    start: np.datetime64
    histories: Histories
    held_out: Histories
    moments: Moments
    viewers: NDArray[np.int64]
    devices: NDArray[np.str_]


def edges(histories: Histories, share: float, count: int) -> Moments:
    """Return ``count + 1`` moments, with as many of the last ``share`` of the entries between each two."""
    moments = np.sort(histories.occurred_at)
    places = np.linspace(1 - share, 1, count + 1) * (len(moments) - 1)
    return np.unique(moments[places.astype(np.int64)])


def lessons(histories: Histories, moments: Moments, seed: int) -> Iterator[Lesson]:
    """Yield two lessons for each stretch between moments: on returning and on going on.

    In the first, viewers are asked at the stretch's start about all they watched until the end
    of the next one; in the second, amid what they watched in the stretch, at a random place of
    their own, so that short and long histories are both met.
    """
    random = np.random.default_rng(seed)
    for at, (start, end) in enumerate(pairwise(moments)):
        last = at == len(moments) - 2
        horizon = moments[min(at + 2, len(moments) - 1)] + np.timedelta64(int(last), "s")
        until = histories.keep(histories.occurred_at < horizon)
        yield _split(until, start, _share_before(until, start), np.full(len(histories), start))
        until = histories.keep(histories.occurred_at < end + np.timedelta64(int(last), "s"))
        seen = _share_before(until, start)
        drawn = (random.random(len(until)) * (until.lengths - seen)).astype(np.int64)
        yield _split(until, start, seen + np.where(until.lengths > seen, drawn, 0), None)


def cold(histories: Histories, moments: Moments) -> Iterator[tuple[np.datetime64, Histories]]:
    """Yield the start of each stretch and all that the viewers who were new in it watched in it."""
    for start, end in pairwise(moments):
        until = histories.keep(histories.occurred_at < end)
        new = (until.lengths > 0) & (_share_before(until, start) == 0)
        yield start, until.take(np.flatnonzero(new))


def _share_before(histories: Histories, moment: np.datetime64) -> NDArray[np.int64]:
    return histories.keep(histories.occurred_at < moment).lengths


def _split(
    histories: Histories, start: np.datetime64, kept: NDArray[np.int64], moments: Moments | None
) -> Lesson:
    """Cut each history after its first ``kept`` entries; leave out viewers without both sides."""
    early = histories.places < np.repeat(kept, histories.lengths)
    wanted = ~early & (histories.weights > 0)
    past, future = histories.keep(early), histories.keep(wanted)
    rows = np.flatnonzero((past.lengths > 0) & (future.lengths > 0))
    past = past.take(rows)
    future = future.take(rows)
    if moments is None:
        asked = past.occurred_at[past.offsets[1:] - 1] + np.timedelta64(1, "s")
        # Half of the viewers do not tell: or the lack of a device would tell the one lesson from the other.
        told = np.where(rows % 2 == 0, next_devices(future), "")
        return Lesson(start, past, future, asked, rows, told)
    return Lesson(start, past, future, moments[rows], rows, np.full(len(rows), ""))


def next_devices(held_out: Histories) -> NDArray[np.str_]:
    """Return on what each viewer watched the first of what is held out, str (n_viewers,)."""
    if held_out.devices is None:
        return np.full(len(held_out), "")
    named = np.array([*DEVICE_TYPES, ""])  # the last is found by -1
    return named[held_out.devices[held_out.offsets[:-1]]]


def sample(lesson: Lesson, count: int, seed: int) -> Lesson:
    """Return at most ``count`` of a lesson's viewers, drawn without looking at them."""
    rows = np.arange(len(lesson.viewers))
    if len(rows) > count:
        rows = np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))
    return chosen(lesson, rows)


def chosen(lesson: Lesson, rows: NDArray[np.int64]) -> Lesson:
    """Return a lesson with some of its viewers."""
    return replace(
        lesson,
        histories=lesson.histories.take(rows),
        held_out=lesson.held_out.take(rows),
        moments=lesson.moments[rows],
        viewers=lesson.viewers[rows],
        devices=lesson.devices[rows],
    )

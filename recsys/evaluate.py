"""Judging a fitted model on a split: each viewer's values first, then means with intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.errors import InputError
from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.metrics import METRICS, Interval, beyond, mean_interval
from recsys.metrics.genres import genre_matrix
from recsys.metrics.hits import Values
from recsys.metrics.interval import joint_intervals
from recsys.metrics.slices import parts
from recsys.split import Split
from recsys.titles import Titles

BLOCK = 1024
"""Viewers between two words to the progress bar."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the test: what it is, how many viewers have a stake in it, and the means there."""

    dimension: str
    name: str
    n_viewers: int
    means: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model is on a split.

    Attributes
    ----------
    recommended : int32 (n_viewers, max(ks))
        Best first, padded with -1.
    values : dict of str to float64 (n_viewers,)
        By names such as ``ndcg@10``; NaN where a viewer is not counted.
    means : dict of str to Interval
        Of all of ``values``, and of what all lists together are: ``coverage@10``, ``one_minus_gini@10``.
    slices : tuple of Slice
    score_seconds : float
        For the recommendations of all viewers.
    """

    recommended: InternalIds
    values: dict[str, Values]
    means: dict[str, Interval]
    slices: tuple[Slice, ...]
    score_seconds: float


def recommend(
    model: Algorithm,
    histories: Histories,
    n: int,
    advance: Callable[[int], None] | None = None,
    *,
    offered: Histories | None = None,
) -> tuple[InternalIds, float]:
    """Recommend to all viewers, block by block, so that memory stays bounded and progress shows.

    Parameters
    ----------
    model : Algorithm
        Fitted.
    histories : Histories
    n : int
    advance : callable, optional
        Told the number of viewers done, for a progress bar.
    offered : Histories, optional
        The titles that may be recommended to each viewer; by default all.

    Returns
    -------
    ids : int32 (n_viewers, n)
    seconds : float
    """
    started = time.perf_counter()
    ids = np.empty((len(histories), n), np.int32)
    for start in range(0, len(histories), BLOCK):
        rows = slice(start, start + BLOCK)
        allowed = None if offered is None else _mask(offered.take(rows))
        ids[rows], _ = model.recommend(histories.take(rows), n, allowed=allowed)
        if advance is not None:
            advance(len(ids[rows]))
    return ids, time.perf_counter() - started


def _mask(offered: Histories) -> NDArray[np.bool_]:
    mask = np.zeros((len(offered), offered.n_titles), np.bool_)
    mask[offered.viewers, offered.titles] = True
    return mask


def evaluate(
    model: Algorithm,
    split: Split,
    *,
    titles: Titles | None = None,
    ks: Sequence[int] = (10, 20),
    seed: int = 0,
    advance: Callable[[int], None] | None = None,
) -> Evaluation:
    """Ask a fitted model for every viewer of a split, and judge its answers.

    Parameters
    ----------
    model : Algorithm
        Fitted on ``split.train``.
    split : Split
    titles : Titles, optional
        The catalog, for diversity, calibration and slices by age.
    ks : sequence of int
        Lengths of list, shortest first.
    seed : int
        Of the bootstrap.
    advance : callable, optional
        Told the number of viewers done.

    Examples
    --------
    ``evaluate(EASE().fit(split.train, titles), split).means["ndcg@10"]``
    """
    if not ks or min(ks) < 1:
        raise InputError(expected="lengths of list of at least 1", got=list(ks), where="evaluate")
    ids, seconds = recommend(model, split.histories, max(ks), advance)
    return judge(ids, split, titles=titles, ks=ks, seed=seed, score_seconds=seconds)


def judge(
    recommended: InternalIds,
    split: Split,
    *,
    titles: Titles | None = None,
    ks: Sequence[int] = (10, 20),
    seed: int = 0,
    score_seconds: float = 0.0,
) -> Evaluation:
    """Judge recommendations that were made elsewhere, such as in another process; see ``evaluate``."""
    values = {
        f"{name}@{k}": metric(recommended, split.held_out, k)
        for k in ks
        for name, metric in METRICS.items()
    }
    genres = None if titles is None else genre_matrix(titles)
    for k in ks:
        values |= _beyond(recommended[:, :k], split, genres, f"@{k}")
    means = {name: mean_interval(one, seed=seed) for name, one in values.items()}
    for k in ks:
        means |= _of_all(recommended[:, :k], split.held_out.n_titles, f"@{k}", seed)
    slices = _slices(recommended, split, titles, (ks[0], ks[-1]), seed)
    return Evaluation(recommended, values, means, slices, score_seconds)


def _beyond(
    listed: InternalIds, split: Split, genres: NDArray[np.float32] | None, at: str
) -> dict[str, Values]:
    values = {f"novelty{at}": beyond.novelty(listed, split.train.histories)}
    if genres is not None and genres.any():
        values[f"diversity{at}"] = beyond.intra_list_diversity(listed, genres)
        values[f"calibration{at}"] = beyond.calibration(listed, split.histories, genres)
    return values


def _of_all(listed: InternalIds, n_titles: int, at: str, seed: int) -> dict[str, Interval]:
    def both(times: NDArray[np.int64]) -> tuple[float, float]:
        shown = beyond.exposures(listed, n_titles, times)
        return beyond.coverage(shown), beyond.one_minus_gini(shown)

    covered, even = joint_intervals(len(listed), both, seed=seed)
    return {f"coverage{at}": covered, f"one_minus_gini{at}": even}


def _slices(
    recommended: InternalIds, split: Split, titles: Titles | None, ks: tuple[int, int], seed: int
) -> tuple[Slice, ...]:
    """NDCG at the shortest and recall at the longest list, on each part of the test."""
    asked = (("ndcg", ks[0]), ("recall", ks[1]))
    return tuple(
        Slice(
            part.dimension,
            part.name,
            part.n_viewers,
            {
                f"{name}@{k}": mean_interval(
                    METRICS[name](recommended, part.held_out, k), seed=seed
                )
                for name, k in asked
            },
        )
        for part in parts(split, titles)
    )

"""Candidates: each part proposes its best titles, and every proposed title is scored by every part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recsys.algorithm import Algorithm
from recsys.algorithms.popularity import Popularity
from recsys.ids import InternalIds
from recsys.interactions import Histories
from recsys.ranking.index import Index
from recsys.topk import FloatMatrix, top_k
from recsys.vectors import VectorAlgorithm

RANK_SMOOTHING = 10
"""``1 / (RANK_SMOOTHING + rank)`` is what a part's vote for a title counts."""

Scorer = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.floating]]
"""From pairs of history row and title to the score of each, float32 (n_pairs,)."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of viewer and proposed title, in the order of viewers, then of titles.

    Attributes
    ----------
    viewers : int64 (n_pairs,)
        Rows of the histories.
    titles : int32 (n_pairs,)
    scores : float32 (n_pairs, n_parts)
        Of every part, whoever proposed the title: deviations above the mean of the
        whole catalog, their logarithm.
    ranks : int32 (n_pairs, n_parts)
        The place among the viewer's candidates by each part's score, from 0.
    proposed : bool (n_pairs, n_parts)
        Which parts proposed it.
    """

    viewers: NDArray[np.int64]
    titles: InternalIds
    scores: FloatMatrix
    ranks: InternalIds
    proposed: NDArray[np.bool_]

    @property
    def votes(self) -> FloatMatrix:
        """Reciprocal ranks, float32 (n_pairs, n_parts)."""
        return (1 / (RANK_SMOOTHING + self.ranks)).astype(np.float32)

    def shortlist(self, blend: NDArray[np.float32], count: int) -> Candidates:
        """Return the ``count`` candidates of each viewer that the blend puts first."""
        if np.bincount(self.viewers).max(initial=0) <= count:
            return self
        kept = _ranks(self.viewers, (self.scores @ blend)[:, None])[:, 0] < count
        return self.chosen(kept, np.arange(self.scores.shape[1]))

    def chosen(self, pairs: NDArray[np.bool_], parts: NDArray[np.int64]) -> Candidates:
        """Return some pairs as some parts see them, bool (n_pairs,) and their places."""
        viewers, scores = self.viewers[pairs], self.scores[pairs][:, parts]
        proposed = self.proposed[pairs][:, parts]
        return Candidates(viewers, self.titles[pairs], scores, _ranks(viewers, scores), proposed)

    def tempered(
        self, ranked: FloatMatrix, blend: NDArray[np.float32], temper: float
    ) -> FloatMatrix:
        """Return a ranker's scores drawn towards the blend, which varies less, float32 (n_pairs,)."""
        standard = standardised(self.viewers, np.column_stack([ranked, self.scores @ blend]))
        return standard[:, 0] + np.float32(temper) * standard[:, 1]

    def sources(self, ids: InternalIds, names: list[str], otherwise: str) -> NDArray[np.object_]:
        """Name the part that ranks each of the ids highest; ``otherwise`` where none proposed it.

        Parameters
        ----------
        ids : int32 (n_viewers, n)
            Padded with -1, whose source is "".
        names : list of str
            Of the parts.
        otherwise : str
        """
        keys = self.viewers << 32 | self.titles
        wanted = np.arange(len(ids))[:, None] << 32 | np.maximum(ids, 0)
        places = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        named = np.full(ids.shape, otherwise, object)
        if len(keys):
            best = np.array(names, object)[self.ranks.argmin(axis=1)]
            named = np.where(keys[places] == wanted, best[places], named)
        named[ids < 0] = ""
        return named


def standardised(viewers: NDArray[np.int64], values: FloatMatrix) -> FloatMatrix:
    """Return columns less the mean of each viewer's pairs, by their deviation."""
    counts = np.maximum(np.bincount(viewers), 1)[:, None]
    centred = values - (_sums(viewers, values) / counts)[viewers]
    deviation = np.sqrt(_sums(viewers, centred**2) / counts)
    return (centred / np.maximum(deviation, 1e-9)[viewers]).astype(np.float32)


def propose(
    parts: Mapping[str, Algorithm],
    histories: Histories,
    quota: int,
    closed: NDArray[np.bool_],
    indexes: Mapping[str, Index] | None = None,
) -> Candidates:
    """Let each part propose up to ``quota`` titles for each viewer.

    Parameters
    ----------
    parts : mapping
        Fitted, by name.
    histories : Histories
        Of known titles.
    quota : int
    closed : bool (n_histories, n_titles)
        What may not be proposed: passed over in the search, not filtered after it.
    indexes : mapping, optional
        By which the parts with vectors search; without one they multiply.
    """
    listed, scorers = [], []
    for name, part in parts.items():
        index = (indexes or {}).get(name)
        if index is not None and isinstance(part, VectorAlgorithm):
            ids, scorer = _searched(part, index, histories, quota, closed)
        elif isinstance(part, Popularity):
            ids, scorer = _counted(part, histories, quota, closed)
        else:
            ids, scorer = _multiplied(part, histories, quota, closed)
        scorers.append(scorer)
        rows, places = np.nonzero(ids >= 0)
        listed.append(rows * closed.shape[1] + ids[rows, places])
    cells = np.unique(np.concatenate(listed))
    viewers, titles = np.divmod(cells, closed.shape[1])
    proposed = np.zeros((len(cells), len(listed)), bool)
    for at, own in enumerate(listed):
        proposed[np.searchsorted(cells, own), at] = True
    scores = np.column_stack([scorer(viewers, titles) for scorer in scorers]).astype(np.float32)
    ranks = _ranks(viewers, scores)
    return Candidates(viewers, titles.astype(np.int32), scores, ranks, proposed)


def _counted(
    part: Popularity, histories: Histories, quota: int, closed: NDArray[np.bool_]
) -> tuple[InternalIds, Scorer]:
    ids, _ = part.most_watched(histories, closed, quota)
    rows = [part.of_region(region) for region in histories.regions.tolist()]
    scores = np.reshape(rows, (len(histories), histories.n_titles))
    mean, deviation = scores.mean(axis=1), scores.std(axis=1)
    return ids, _standard(lambda viewers, titles: scores[viewers, titles], mean, deviation)


def _multiplied(
    part: Algorithm, histories: Histories, quota: int, closed: NDArray[np.bool_]
) -> tuple[InternalIds, Scorer]:
    scores = part.score(histories)
    ids, _ = top_k(np.where(closed, -np.inf, scores), quota)
    mean, deviation = scores.mean(axis=1), scores.std(axis=1)
    return ids, _standard(lambda viewers, titles: scores[viewers, titles], mean, deviation)


def _searched(
    part: VectorAlgorithm,
    index: Index,
    histories: Histories,
    quota: int,
    closed: NDArray[np.bool_],
) -> tuple[InternalIds, Scorer]:
    queries = part.embed(histories)
    ids, _ = index.search(queries, quota, allowed=~closed)
    return ids, _standard(partial(index.products, queries), *index.spread(queries))


def _standard(scorer: Scorer, mean: FloatMatrix, deviation: FloatMatrix) -> Scorer:
    """Return a scorer of deviations above each viewer's mean, on a logarithmic scale.

    A few titles lie tens of deviations above all others, by which no two models would be comparable.
    """
    scale = (1 / np.maximum(deviation, 1e-9)).astype(np.float32)

    def scored(viewers: NDArray[np.int64], titles: NDArray[np.int64]) -> NDArray[np.floating]:
        above = (scorer(viewers, titles) - mean[viewers]) * scale[viewers]
        return np.sign(above) * np.log1p(np.abs(above))

    return scored


def _ranks(viewers: NDArray[np.int64], scores: FloatMatrix) -> InternalIds:
    starts = np.searchsorted(viewers, viewers)
    ranks = np.empty(scores.shape, np.int32)
    for part in range(scores.shape[1]):
        order = np.lexsort((-scores[:, part], viewers))
        ranks[order, part] = np.arange(len(order)) - starts
    return ranks


def _sums(viewers: NDArray[np.int64], values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.stack([np.bincount(viewers, column) for column in values.T], axis=1)

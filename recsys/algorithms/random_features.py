"""Random features: what came next, by ridge regression on how alike a moment is to moments drawn by chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from scipy.linalg import blas, lapack

from recsys.algorithm import Algorithm, Config
from recsys.company import company
from recsys.errors import ConfigError
from recsys.interactions import Histories, Interactions
from recsys.machine import check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix

BLOCK_ENTRIES = 20_000
"""Entries of histories that are read at once, and one history more at most."""

DRAWN_FROM = 100_000
"""Entries of viewers drawn by chance, among which the moments are to which others are compared."""

COMPARED = 4000
"""Moments by which it is learned how alike two are as a rule."""

FURTHEST = 5
"""Places ahead of a moment up to which titles are its targets."""


class RandomFeaturesConfig(Config):
    """Hyperparameters of the model of random features.

    Attributes
    ----------
    factors : int
        Length of a title's vector, which comes from the company it keeps.
    fades : tuple of float
        In (0, 1); each gives a view of the history in which an entry counts ``fade ** steps_ago``.
    features : int
        Moments drawn by chance to which others are compared.
    silent : float
        Share of all moments to which a feature says nothing.
    l2 : float
        The ridge penalty, as a multiple of the median feature's sum of squares.
    ahead : float
        In [0, 1); the title ``k`` places after the next is a target that counts ``ahead ** k``.
    answering : float
        In [0, 1]; a title's scores are divided by its viewers raised to this.
    moments : int
        The most that are learned from, drawn by chance: a fit's time grows with them.
    least_viewers : int
        Titles with fewer take no part.
    most_titles : int
        The most watched that take part.
    seed : int
    memory_gb : float
        What a fit may take for the sums over pairs of features and of features and titles.
    """

    factors: int = Field(default=96, ge=1, le=1024)
    fades: tuple[float, ...] = Field(default=(0.6, 0.9, 0.98), min_length=1)
    features: int = Field(default=2000, ge=1, le=20_000)
    silent: float = Field(default=0.8, ge=0, lt=1)
    l2: float = Field(default=1e-3, gt=0)
    ahead: float = Field(default=0.4, ge=0, lt=1)
    answering: float = Field(default=0.1, ge=0, le=1)
    moments: int = Field(default=400_000, ge=1)
    least_viewers: int = Field(default=5, ge=1)
    most_titles: int = Field(default=20_000, ge=1, le=200_000)
    seed: int = Field(default=0, ge=0)
    memory_gb: float = Field(default=8.0, gt=0)


class RandomFeatures(Algorithm):
    r"""Ridge regression of the next titles on rectified likenesses to moments drawn by chance.

    A moment :math:`x` is the fading sums of its titles' vectors, one a fade, and the vectors of the last title and
    of the last but one. With :math:`p_h` such moments of viewers drawn by chance and :math:`q_h` what a share of
    all moments stay below,

    .. math:: \phi_h(x) = \max(0, (x p_h - q_h) / s_h)

    and a history scores :math:`[\phi(x), x, 1] W`, where :math:`W` is solved in closed form. The next-title model adds up
    what each title says; here a feature speaks only where several say the same.

    References
    ----------
    Rahimi and Recht, "Random Features for Large-Scale Kernel Machines", NIPS 2007.
    Huang, Zhu and Siew, "Extreme Learning Machine: Theory and Applications", Neurocomputing 2006.
    """

    name = "random-features"
    config_type = RandomFeaturesConfig
    config: RandomFeaturesConfig

    learned_: NDArray[np.int32]
    """int32 (n_learned,): titles that take part."""
    vectors_: FloatMatrix
    """float32 (n_learned, factors)."""
    scales_: FloatMatrix
    """float32 (n_views,): what makes the views alike in size."""
    drawn_: FloatMatrix
    """float32 (n_views * factors, n_features)."""
    bars_: FloatMatrix
    """float32 (n_features,): below which a likeness says nothing."""
    weights_: FloatMatrix
    """float32 (n_features + n_views * factors + 1, n_learned)."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        config, random = self.config, np.random.default_rng(self.config.seed)
        viewers = np.bincount(interactions.histories.titles, minlength=len(titles))
        self.learned_ = _most_watched(viewers, config)
        self._check_memory()
        known = self._known(interactions.histories)
        self.vectors_ = company(known, config.factors, config.seed)
        self._draw(known, random)
        gram, cross = self._sums(known, random)
        self.weights_ = _solve(gram, cross, config.l2)
        self.weights_ *= (viewers[self.learned_] ** -config.answering).astype(np.float32)

    def _score(self, histories: Histories) -> FloatMatrix:
        scores = np.zeros((len(histories), histories.n_titles), np.float32)
        for block in _blocks(self._known(histories)):
            some = np.flatnonzero(block.histories.lengths)
            ends = block.histories.offsets[some + 1] - 1
            found = self._features(self._views(block.histories)[ends]) @ self.weights_
            rows = some + block.viewers.start
            # A title that was not learned is no better than the least of those that were.
            scores[rows] = found.min(axis=1, initial=np.inf, keepdims=True)
            scores[rows[:, None], self.learned_] = found
        return scores

    def _check_memory(self) -> None:
        size, n_titles = self._width(), len(self.learned_)
        check_memory(
            # The sums, and those with the titles, which are summed up once more.
            4 * size * (size + 2 * n_titles),
            self.config.memory_gb,
            f"{size:,} features of {n_titles:,} titles",
            where=self.name,
            instead="lower features, or use popularity, which counts each title once",
        )

    def _width(self) -> int:
        return self.config.features + (len(self.config.fades) + 2) * self.config.factors + 1

    def _known(self, histories: Histories) -> Histories:
        """Return the histories in rows of the learned titles, without the others."""
        rows = np.full(histories.n_titles, -1, np.int32)
        rows[self.learned_] = np.arange(len(self.learned_))
        known = histories.keep(rows[histories.titles] >= 0)
        return replace(known, titles=rows[known.titles], n_titles=len(self.learned_))

    def _draw(self, known: Histories, random: np.random.Generator) -> None:
        """Draw the moments that are features, and learn how views and likenesses are to be scaled."""
        viewers = random.permutation(np.flatnonzero(known.lengths))
        within = np.searchsorted(known.lengths[viewers].cumsum(), DRAWN_FROM)
        drawn_from = known.take(viewers[: max(1, within)])
        self.scales_ = np.ones(len(self.config.fades) + 2, np.float32)
        views = self._views(drawn_from)
        squares = (views**2).mean(axis=0).reshape(len(self.scales_), -1).mean(axis=1)
        self.scales_ = 1 / np.sqrt(np.maximum(squares, 1e-12))
        views *= np.repeat(self.scales_, self.config.factors)
        drawn = views[random.choice(len(views), self.config.features)]
        drawn /= np.maximum(np.linalg.norm(drawn, axis=1, keepdims=True), 1e-12)
        likenesses = views[random.choice(len(views), COMPARED)] @ drawn.T
        spread = np.maximum(likenesses.std(axis=0), 1e-6)
        self.bars_ = np.quantile(likenesses, self.config.silent, axis=0).astype(np.float32) / spread
        self.drawn_ = np.ascontiguousarray((drawn / spread[:, None]).T)

    def _views(self, histories: Histories) -> FloatMatrix:
        """Return the views of each entry's moment side by side, float32 (n_entries, n_views * factors)."""
        last = self.vectors_[histories.titles]
        before = np.zeros_like(last)
        later = np.flatnonzero(histories.places)
        before[later] = last[later - 1]
        weighed = last * histories.weights[:, None]
        faded = [_faded(weighed, histories, fade) for fade in self.config.fades]
        views = [*faded, last, before]
        return np.concatenate(
            [one * scale for one, scale in zip(views, self.scales_, strict=True)], axis=1
        )

    def _features(self, views: FloatMatrix) -> FloatMatrix:
        """Return likenesses above their bars, the views themselves, and 1."""
        said = views @ self.drawn_
        np.maximum(said - self.bars_, 0, out=said)
        return np.concatenate([said, views, np.ones((len(views), 1), np.float32)], axis=1)

    def _sums(
        self, known: Histories, random: np.random.Generator
    ) -> tuple[FloatMatrix, FloatMatrix]:
        """Return the sums of ``x x'``, of which the upper triangle alone is right, and of ``x y'``."""
        size = self._width()
        gram, cross = (
            np.zeros((size, size), np.float32, order="F"),
            np.zeros((known.n_titles, size), np.float32),
        )
        moments = np.flatnonzero(known.steps_ago > 0)
        if len(moments) > self.config.moments:
            moments = np.sort(random.choice(moments, self.config.moments, replace=False))
        for block in _blocks(known):
            begin, end = known.offsets[[block.viewers.start, block.viewers.stop]]
            own = moments[slice(*np.searchsorted(moments, [begin, end]))] - begin
            if len(own):
                features = self._features(self._views(block.histories)[own])
                gram = blas.ssyrk(1.0, features.T, beta=1.0, c=gram, overwrite_c=1)
                cross += _followed(block.histories, own, self.config.ahead).T @ features
        return gram, cross.T


@dataclass(frozen=True, slots=True)
class _Block:
    """Viewers who are read at once."""

    viewers: slice
    histories: Histories


def _blocks(histories: Histories) -> Iterator[_Block]:
    """Cut viewers into runs of about ``BLOCK_ENTRIES`` entries."""
    _, starts = np.unique(histories.offsets[:-1] // BLOCK_ENTRIES, return_index=True)
    for start, stop in pairwise([*starts.tolist(), len(histories)]):
        viewers = slice(start, stop)
        yield _Block(viewers, histories.take(viewers))


def _faded(values: FloatMatrix, histories: Histories, fade: float) -> FloatMatrix:
    """Return at each entry the sum of the values up to it, each by ``fade`` to the entries since."""
    summed, starts, lengths = values.copy(), histories.offsets[:-1], histories.lengths
    for place in range(1, int(lengths.max(initial=0))):
        now = starts[lengths > place] + place
        summed[now] += np.float32(fade) * summed[now - 1]
    return summed


def _followed(histories: Histories, moments: NDArray[np.int64], ahead: float) -> sparse.csr_matrix:
    """Return the targets of some entries' moments, float32 (n_moments, n_titles)."""
    shape = (len(moments), histories.n_titles)
    targets = sparse.csr_matrix(shape, dtype=np.float32)
    for further in range(FURTHEST if ahead else 1):
        rows = np.flatnonzero(histories.steps_ago[moments] > further)
        later = moments[rows] + further + 1
        counted = histories.weights[later] * np.float32(ahead**further)
        targets += sparse.csr_matrix((counted, (rows, histories.titles[later])), shape=shape)
    return targets


def _most_watched(viewers: NDArray[np.int64], config: RandomFeaturesConfig) -> NDArray[np.int32]:
    order = np.argsort(-viewers, kind="stable")[: config.most_titles]
    # Where all are watched rarely, the most watched are better than none.
    chosen = order[viewers[order] >= min(config.least_viewers, viewers.max())]
    return np.sort(chosen).astype(np.int32)


def _solve(gram: FloatMatrix, cross: FloatMatrix, l2: float) -> FloatMatrix:
    squares = np.diagonal(gram)
    gram[np.diag_indices_from(gram)] += l2 * max(float(np.median(squares)), 1.0)
    factor, failed = lapack.spotrf(gram, lower=0, overwrite_a=1)
    if failed:
        raise ConfigError(
            expected="a penalty large enough to solve with in float32",
            got=l2,
            where="random-features.l2",
        )
    solved, _ = lapack.spotrs(factor, cross, lower=0, overwrite_b=1)
    return np.ascontiguousarray(solved)

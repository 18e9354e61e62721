"""Next title: a linear map from a fading history to what is watched next, solved in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy import sparse
from scipy.linalg import lapack

from recsys.additive import Additive, cells
from recsys.algorithm import Config
from recsys.errors import ConfigError
from recsys.followed import followed
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix

FORGOTTEN = 0.01
"""A weight that has faded to less is left out."""


class NextTitleConfig(Config):
    """Hyperparameters of the next-title model.

    Attributes
    ----------
    fades : tuple of float
        In (0, 1); each gives a view of the history in which an entry counts ``fade ** steps_ago``.
    l2 : tuple of float
        The ridge penalty of each view; slower fades need more.
    ahead : float
        In [0, 1); the title ``k`` places after the next is a target that counts ``ahead ** k``.
    answering : float
        In [0, 1]; a title's scores are divided by its viewers raised to this.
    least_viewers : int
        Titles with fewer take no part.
    most_titles : int
        The most watched that take part, which bounds a fit's memory: with two fades 6000 take 1.2 GB.
    memory_gb : float
        What a fit may take for the sums over pairs of them.
    """

    fades: tuple[float, ...] = Field(default=(0.7, 0.95), min_length=1)
    l2: tuple[float, ...] = Field(default=(300.0, 600.0), min_length=1)
    ahead: float = Field(default=0.0, ge=0, lt=1)
    answering: float = Field(default=0.0, ge=0, le=1)
    least_viewers: int = Field(default=5, ge=1)
    most_titles: int = Field(default=6000, ge=1, le=40_000)
    memory_gb: float = Field(default=8.0, gt=0)

    @model_validator(mode="after")
    def _each_in_range(self) -> NextTitleConfig:
        if len(self.l2) != len(self.fades):
            raise ValueError(f"Expected as many l2 as fades, which are {len(self.fades)}")
        if not all(0 < fade < 1 for fade in self.fades) or min(self.l2) <= 0:
            raise ValueError("Expected fades between 0 and 1 and l2 above 0")
        return self


class NextTitle(Additive):
    r"""Ridge regression from views of the history to the title that followed.

    With :math:`x_n` the views of a viewer's first ``n`` entries side by side and :math:`y_n` the next
    one, over all viewers and moments,

    .. math:: B = (\sum x_n x_n^T + \Lambda)^{-1} \sum x_n y_n^T

    and a history scores :math:`x B`, each title's score divided by a power of its viewers. The sums run over pairs of an earlier and a later entry once,
    because what a pair adds to all the moments after it is a geometric series.
    """

    name = "next-title"
    config_type = NextTitleConfig
    config: NextTitleConfig

    watched_: NDArray[np.int32]
    """Internal ids of the titles that take part."""
    weights_: FloatMatrix
    """float32 (n_fades * n_watched, n_watched)."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        histories = interactions.histories
        self.watched_ = self._most_watched(histories)
        self._check_memory(len(self.watched_))
        places = self._places(len(titles))
        known = histories.keep(places[histories.titles] >= 0)
        gram, cross = _sums(known, places[known.titles], len(self.watched_), self.config)
        penalties = np.repeat(np.array(self.config.l2, np.float32), len(self.watched_))
        self.weights_ = _solve(gram, cross, penalties)
        viewers = np.bincount(histories.titles, minlength=len(titles))[self.watched_]
        self.weights_ *= (viewers**-self.config.answering).astype(np.float32)

    def _score(self, histories: Histories) -> FloatMatrix:
        places = self._places(histories.n_titles)
        # As a fit sees them: a title that takes no part makes no other fade.
        known = histories.keep(places[histories.titles] >= 0)
        views = [known.faded(fade).to_csr()[:, self.watched_] for fade in self.config.fades]
        scores = np.zeros((len(histories), histories.n_titles), np.float32)
        scores[:, self.watched_] = sparse.hstack(views, "csr") @ self.weights_
        return scores

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        places = self._places(histories.n_titles)
        part = places[histories.titles] >= 0
        known, added = histories.keep(part), np.zeros(len(histories.titles), np.float32)
        rows, columns = places[known.titles], places[titles[known.viewers]]
        for view, fade in enumerate(self.config.fades):
            said = cells(self.weights_, rows + view * len(self.watched_), columns)
            added[part] += known.faded(fade).weights * said
        return added

    def _check_memory(self, n_watched: int) -> None:
        views = len(self.config.fades)
        # The views' sums with each other, with the targets, and those once more as they are solved.
        check_memory(
            4 * n_watched**2 * (views**2 + 2 * views),
            self.config.memory_gb,
            f"{n_watched:,} titles in {views} views",
            where=self.name,
            instead="lower most_titles, or use popularity, which counts each title once",
        )

    def _places(self, n_titles: int) -> NDArray[np.int64]:
        """Return the row of each title among those that take part, -1 for the others."""
        places = np.full(n_titles, -1, np.int64)
        places[self.watched_] = np.arange(len(self.watched_))
        return places

    def _most_watched(self, histories: Histories) -> NDArray[np.int32]:
        viewers = np.bincount(histories.titles, minlength=histories.n_titles)
        order = np.argsort(-viewers, kind="stable")[: self.config.most_titles]
        return np.sort(order[viewers[order] >= self.config.least_viewers]).astype(np.int32)


def _sums(
    histories: Histories, titles: NDArray[np.int64], size: int, config: NextTitleConfig
) -> tuple[FloatMatrix, FloatMatrix]:
    """Return the sums of ``x x'``, of which the upper triangle alone is right, and of ``x y'``.

    They run over all viewers and moments. Entries of a few titles at a time meet all that followed them, so
    that what is added up is small enough to stay near the processor.
    """
    fades, weights, count = config.fades, histories.weights, len(config.fades)
    gram = np.zeros((count * size, count * size), np.float32)
    cross = np.zeros((count * size, size), np.float32)
    for row, fade in enumerate(fades):
        # What a later entry's moments add for a pair, by the view that the later entry is seen in.
        lasting = [weights * _series(fade * other, histories.steps_ago) for other in fades]
        faded, towards = fade ** np.arange(_reach(fade) + 1), _towards(fade, config.ahead)
        for pairs in followed(histories, titles, size, _reach(fade)):
            rows = slice(row * size + pairs.titles.start, row * size + pairs.titles.stop)
            cross[rows] += pairs.summed(towards[pairs.lags] * weights[pairs.later])
            seen = faded[pairs.lags]
            for column, last in enumerate(lasting):
                columns = slice(column * size, (column + 1) * size)
                gram[rows, columns] += pairs.summed(seen * last[pairs.later])
    _fold(gram, size)
    for row, column in np.ndindex(count, count):
        moments = _series(fades[row] * fades[column], histories.steps_ago)
        own = np.bincount(titles, weights**2 * moments, size)
        places = np.arange(size)
        gram[row * size + places, column * size + places] += own.astype(np.float32)
    return gram, cross


def _fold(gram: FloatMatrix, size: int) -> None:
    """Add the lower triangle to the upper, and the diagonal to itself, block by block and in place."""
    for begin in range(0, len(gram), max(size, 1)):
        end = begin + size
        gram[begin:end, end:] += gram[end:, begin:end].T
        gram[begin:end, begin:end] += gram[begin:end, begin:end].T.copy()


def _series(ratio: float, count: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the sum of the first ``count`` powers of a ratio."""
    return ((1 - np.power(ratio, count)) / (1 - ratio)).astype(np.float32)


def _towards(fade: float, ahead: float) -> NDArray[np.float64]:
    """Return by lag what a target counts so many entries after one, over all moments between the two."""
    counts = np.zeros(_reach(fade) + 1)
    for lag in range(1, len(counts)):
        counts[lag] = ahead ** (lag - 1) + fade * counts[lag - 1]
    return counts


def _reach(fade: float) -> int:
    return int(np.ceil(np.log(FORGOTTEN) / np.log(fade)))


def _solve(gram: FloatMatrix, cross: FloatMatrix, penalties: NDArray[np.float32]) -> FloatMatrix:
    if not len(gram):
        return cross
    gram[np.diag_indices_from(gram)] += penalties
    factor, failed = lapack.spotrf(gram.T, lower=1, overwrite_a=1, clean=0)
    if failed:
        raise ConfigError(
            expected="penalties large enough to solve with in float32",
            got=penalties.max(initial=0),
            where="next-title.l2",
        )
    solved, _ = lapack.spotrs(factor, cross, lower=1)
    return np.ascontiguousarray(solved)

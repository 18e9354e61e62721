"""Markov: what followed the titles of late, by counted transitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field, model_validator
from scipy import sparse

from recsys.additive import Additive, cells
from recsys.algorithm import Config
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix


class MarkovConfig(Config):
    """Hyperparameters of the Markov model.

    Attributes
    ----------
    nearest, farthest : int
        Places between a title and one that counts as following it: 1 and 1 for the very next alone,
        2 and 2 for the next but one alone.
    fall : float
        A transition over ``d`` places counts ``d ** -fall``.
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``.
    shrinkage : float
        A title's transitions are divided by this many watches more than it has, so that few count little.
    memory_gb : float
        What a fit may take for the transitions; 8 GB hold 250 million of them.
    """

    nearest: int = Field(default=1, ge=1)
    farthest: int = Field(default=10, ge=1, le=1000)
    fall: float = Field(default=0.5, ge=0)
    fade: float = Field(default=0.7, gt=0, le=1)
    shrinkage: float = Field(default=5.0, ge=0)
    memory_gb: float = Field(default=8.0, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> MarkovConfig:
        if self.farthest < self.nearest:
            raise ValueError(f"Expected farthest of at least nearest, which is {self.nearest}")
        return self


class Markov(Additive):
    r"""Transitions from each title to those that followed it a few places on.

    .. math:: P_{ij} = \frac{1}{n_i + s} \sum_{d} d^{-f} \, |\{v : i, j \text{ are } d
              \text{ places apart in } v\}|

    and a history scores :math:`\sum_k \gamma^k P_{i_k}` over the entries that lie as near its end.
    """

    name = "markov"
    config_type = MarkovConfig
    config: MarkovConfig

    transitions_: sparse.csr_matrix
    """float32 (n_titles, n_titles): from each title (row) to what followed."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        histories = interactions.histories
        size = len(titles)
        self._check_memory(histories)
        counted = sparse.csr_matrix((size, size), dtype=np.float32)
        for distance in range(self.config.nearest, self.config.farthest + 1):
            earlier = np.flatnonzero(histories.steps_ago >= distance)
            if not len(earlier):
                break
            later = earlier + distance
            weights = histories.weights[later] * np.float32(distance**-self.config.fall)
            pairs = (histories.titles[earlier], histories.titles[later])
            counted += sparse.csr_matrix((weights, pairs), shape=(size, size))
        watches = np.bincount(histories.titles, minlength=size) + self.config.shrinkage
        counted.data /= np.repeat(np.maximum(watches, 1), np.diff(counted.indptr)).astype(
            np.float32
        )
        self.transitions_ = counted

    def _check_memory(self, histories: Histories) -> None:
        # Each place a transition may come from, with as many places after it; in the sum and in what is added.
        nearest, farthest = self.config.nearest, self.config.farthest
        reached = np.clip(histories.steps_ago, nearest - 1, farthest) - (nearest - 1)
        most = min(int(reached.sum()), histories.n_titles**2)
        check_memory(
            32 * most,
            self.config.memory_gb,
            f"{most:,} transitions between {histories.n_titles:,} titles",
            where=self.name,
            instead="lower farthest, or use next-title, which keeps to the most watched titles",
        )

    def _score(self, histories: Histories) -> FloatMatrix:
        return (self._asked(histories).to_csr() @ self.transitions_).toarray()

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        said = cells(self.transitions_, histories.titles, titles[histories.viewers])
        return self._asked(histories).weights * said

    def _asked(self, histories: Histories) -> Histories:
        ago = histories.steps_ago
        near = (ago >= self.config.nearest - 1) & (ago < self.config.farthest)
        faded = histories.faded(self.config.fade)
        return replace(faded, weights=np.where(near, faded.weights, 0))

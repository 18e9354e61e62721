"""BPR: matrix factorisation that learns which of two titles a viewer prefers."""

from __future__ import annotations

import numpy as np
from implicit.cpu.bpr import BayesianPersonalizedRanking
from pydantic import Field
from scipy import sparse

from recsys.additive import Additive, products
from recsys.algorithm import Config
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import FEWER_FACTORS, check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix
from recsys.vectors import VectorAlgorithm


class BPRConfig(Config):
    """Hyperparameters of BPR.

    Attributes
    ----------
    factors : int
        Length of a title's vector, without its bias.
    learning_rate : float
        Step of the stochastic gradient descent.
    regularization : float
        L2 penalty of each vector at each step.
    iterations : int
        Epochs: each draws as many pairs as there are interactions.
    fold_in_l2 : float
        Ridge penalty of the map from histories to viewers' vectors.
    fade : float
        An asked history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    seed : int
        Of the first vectors and the drawn pairs.
    memory_gb : float
        What a fit may take for vectors; 8 GB hold those of 6 million viewers and titles.
    """

    factors: int = Field(default=64, ge=1, le=1024)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    regularization: float = Field(default=0.01, ge=0)
    iterations: int = Field(default=50, ge=1, le=10_000)
    fold_in_l2: float = Field(default=1.0, gt=0)
    fade: float = Field(default=0.95, gt=0, le=1)
    seed: int = Field(default=0, ge=0)
    memory_gb: float = Field(default=8.0, gt=0)


class BPR(VectorAlgorithm, Additive):
    r"""Bayesian personalised ranking, with a learned fold-in.

    The vectors maximise :math:`\sum \ln \sigma(x_u \cdot (y_i - y_j))` over watched titles
    :math:`i` and others :math:`j`. The viewers' vectors are not kept: those of the training give
    the ridge regression

    .. math:: M = \arg\min \lVert X - [1, H] M \rVert^2 + \lambda \lVert M \rVert^2

    on the weighted mean :math:`H` of each history's title vectors, which maps any history.
    The last place of a title's vector is its bias, against a 1 in the history's.

    References
    ----------
    Rendle et al., "BPR: Bayesian Personalized Ranking from Implicit Feedback", UAI 2009.
    """

    name = "bpr"
    config_type = BPRConfig
    config: BPRConfig

    map_: FloatMatrix
    """float32 (factors + 1, factors): from ``[1, mean]`` to a viewer's vector."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        config, histories = self.config, interactions.histories
        check_memory(
            # Vectors as they are learned, a copy, and the viewers' means with those who learn to map them.
            20 * (len(histories) + len(titles)) * config.factors,
            config.memory_gb,
            f"{len(histories):,} viewers and {len(titles):,} titles",
            where=self.name,
            instead=FEWER_FACTORS,
        )
        model = BayesianPersonalizedRanking(
            factors=config.factors,
            learning_rate=config.learning_rate,
            regularization=config.regularization,
            iterations=config.iterations,
            num_threads=1,  # more would race for the vectors, and no two fits would be alike
            random_state=config.seed,
        )
        model.fit(histories.to_csr(), show_progress=False)
        self.title_vectors_ = np.array(model.item_factors, np.float32)
        viewers = np.array(model.user_factors, np.float32)[:, : config.factors]
        known = self._with_one(histories)
        penalty = config.fold_in_l2 * np.eye(config.factors + 1, dtype=np.float32)
        self.map_ = np.linalg.solve(known.T @ known + penalty, known.T @ viewers)

    def embed(self, histories: Histories) -> FloatMatrix:
        """Map histories to ``[vector, 1]``, float32 (n_histories, factors + 1)."""
        faded = histories.faded(self.config.fade)
        vectors = self._with_one(faded) @ self.map_
        return np.hstack([vectors, np.ones((len(histories), 1), np.float32)])

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        faded, vectors = histories.faded(self.config.fade), self.title_vectors_[:, :-1]
        mapped = vectors[titles] @ self.map_[1:].T
        said = products(vectors, faded.titles, mapped, faded.viewers)
        shares = faded.weights / np.maximum(faded.totals, 1e-12)[faded.viewers]
        return (said * shares).astype(np.float32)

    def _with_one(self, histories: Histories) -> FloatMatrix:
        """Return ``[1, weighted mean of the title vectors]``, float32 (n, factors + 1)."""
        weights = histories.to_csr()
        totals = np.maximum(np.asarray(weights.sum(axis=1)), 1e-12)
        mean = (sparse.csr_matrix(weights) @ self.title_vectors_[:, :-1]) / totals
        return np.hstack([np.ones((len(mean), 1), np.float32), mean.astype(np.float32)])

"""Content map: from what is said of a title to where viewers would have put it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from recsys.additive import Additive, products
from recsys.algorithm import Config
from recsys.descriptions import block
from recsys.evidence import weigh
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.machine import check_memory
from recsys.titles import Titles
from recsys.topk import FloatMatrix
from recsys.vectors import VectorAlgorithm

Block = Literal[
    "name", "description", "people", "genres", "keywords", "year", "length", "fullness", "meaning"
]
PLAIN: tuple[Block, ...] = Block.__args__[:-1]  # type: ignore[attr-defined]
"""Those that need no sentence model."""

SOLVED = 1e-3
"""Relative residual at which the map is good enough: far below its own uncertainty."""

SWEEPS = 60

CHANCE = 1e-3
"""Share of the greatest strength below which a direction is rounding."""

FAINT = 0.05
"""Viewers that a title still counts as having of late, when all of them were long ago."""


class ContentMapConfig(Config):
    """Hyperparameters of the content map.

    Attributes
    ----------
    factors : int
        Length of a title's vector.
    blocks : tuple of str
        What of a title's description is used; how much each counts is learned. "meaning" needs the extra ``deep``.
    examples : int
        Titles from which that is learned.
    own : float
        A title that was watched this often is half where its viewers put it, half where content does.
    half_life_days : float, optional
        After this many days before the newest interaction a title's viewer counts half; ``None`` is never.
    fade : float
        A history's weights are multiplied by ``fade ** steps_ago``; 1 keeps all alike.
    floor : float
        What a title watched long ago still counts, in [0, 1].
    least_titles : int
        A word, person or keyword of fewer titles than this is left out.
    seed : int
        Of the randomised decomposition and of the examples.
    memory_gb : float
        What a fit may take for vectors; 8 GB hold those of 2 million titles or viewers.
    """

    factors: int = Field(default=64, ge=1, le=1024)
    blocks: tuple[Block, ...] = Field(default=PLAIN, min_length=1)
    examples: int = Field(default=800, ge=2, le=5000)
    own: float = Field(default=10.0, ge=0)
    half_life_days: float | None = Field(default=None, gt=0, le=36_500)
    fade: float = Field(default=0.95, gt=0, le=1)
    floor: float = Field(default=0.0, ge=0, le=1)
    least_titles: int = Field(default=2, ge=1)
    seed: int = Field(default=0, ge=0)
    memory_gb: float = Field(default=8.0, gt=0)


class ContentMap(VectorAlgorithm, Additive):
    r"""A ridge regression from content to collaborative vectors, so that a title nobody watched has one.

    With :math:`D_u, D_t` the numbers of titles of each viewer and of viewers of each title,
    :math:`D_u^{-1/2} X D_t^{-1/2} \approx U S V^T` places the watched titles at :math:`v_t`. Two maps are learned from
    the blocks of the descriptions: to the place, :math:`\hat v_t`, and to the logarithm of :math:`m_t`, the viewers
    of late. A title of :math:`n` viewers stands at :math:`\bar v = (n v + c \hat v) / (n + c)`, so that one without
    stands where content puts it, and a history ``T`` of weights ``w`` scores

    .. math:: \sqrt{m_t} \, \bar v_t \cdot \sum_{s \in T} w_s \bar v_s / \sqrt{n_s}

    Each block's weight, and how much of a place is chance, are those under which the places of the watched titles
    are likeliest.

    References
    ----------
    Gantner et al., "Learning attribute-to-feature mappings for cold-start recommendations", ICDM 2010.
    MacKay, "Bayesian interpolation", Neural Computation 1992.
    """

    name = "content-map"
    config_type = ContentMapConfig
    config: ContentMapConfig

    profiles_: FloatMatrix
    """float32 (n_titles, factors): what a watched title says of its viewer."""
    explained_: FloatMatrix
    """float32 (2, n_blocks): the variance of the place, and of the number of viewers, that each block explains."""

    def _fit(self, interactions: Interactions, titles: Titles) -> None:
        config, watches = self.config, interactions.histories.to_csr()
        check_memory(
            # Both sides' vectors are decomposed; the titles' are mapped, mixed and scaled besides.
            (20 * watches.shape[0] + 60 * len(titles)) * config.factors,
            config.memory_gb,
            "{:,} viewers and {:,} titles".format(*watches.shape),
            where=self.name,
            instead="lower factors, or use popularity, which counts each title once",
        )
        watches.data[:] = 1
        viewers = np.bincount(watches.indices, minlength=len(titles)).astype(np.float64)
        blocks = [block(titles.table, name, config.least_titles) for name in config.blocks]
        places, strengths = self._places(watches, viewers)
        mapped, by_place = self._mapped(blocks, places, viewers, likely=np.sqrt(viewers))
        logs = np.log(np.maximum(self._late(interactions.histories), FAINT))[:, None]
        guessed, by_count = self._mapped(blocks, logs, viewers, likely=np.sign(viewers))
        self.explained_ = np.array([by_place, by_count], np.float32)
        share = (viewers / np.maximum(viewers + config.own, 1e-12))[:, None]
        vectors = share * places + (1 - share) * mapped
        seen = viewers[:, None] > 0
        logs = np.where(seen, logs, guessed)
        ever = np.where(seen, np.log(np.maximum(viewers, 1))[:, None], guessed)
        # A score is the same wherever the strengths go, but likeness of titles is that of what is strong.
        self.title_vectors_ = (vectors * np.exp(logs / 2) * strengths).astype(np.float32)
        self.profiles_ = (vectors / np.exp(ever / 2) / strengths).astype(np.float32)

    def embed(self, histories: Histories) -> FloatMatrix:
        """Return the weighted sum of each history's profiles, float32 (n_histories, factors)."""
        weights = histories.faded(self.config.fade, self.config.floor).to_csr()
        totals = np.sqrt(np.maximum(np.asarray(weights.sum(axis=1)), 1e-12))
        return ((weights @ self.profiles_) / totals).astype(np.float32)

    def _added(self, histories: Histories, titles: InternalIds) -> FloatMatrix:
        faded = histories.faded(self.config.fade, self.config.floor)
        targets = titles[faded.viewers]
        said = products(self.profiles_, faded.titles, self.title_vectors_, targets)
        shares = faded.weights / np.sqrt(np.maximum(faded.totals, 1e-12))[faded.viewers]
        return (said * shares).astype(np.float32)

    def _late(self, histories: Histories) -> NDArray[np.float64]:
        """Return how many viewers each title has, those of long ago counting less, float64 (n_titles,)."""
        each = replace(histories, weights=np.ones_like(histories.weights))
        days = self.config.half_life_days
        recent = each if days is None else each.aged(days)
        return np.bincount(recent.titles, recent.weights, recent.n_titles).astype(np.float64)

    def _places(
        self, watches: sparse.csr_matrix, viewers: NDArray[np.float64]
    ) -> tuple[FloatMatrix, FloatMatrix]:
        """Return V and the diagonal of S."""
        lengths = np.maximum(np.diff(watches.indptr), 1)
        scaled = (
            sparse.diags(lengths**-0.5) @ watches @ sparse.diags(np.maximum(viewers, 1) ** -0.5)
        )
        scaled = scaled.tocsr().astype(np.float32)
        factors = min(self.config.factors, *scaled.shape)
        _, strengths, right = randomized_svd(
            scaled, factors, n_iter=4, random_state=self.config.seed
        )
        some = strengths > CHANCE * strengths[0]
        return right[some].T, strengths[some]

    def _mapped(
        self,
        blocks: list[sparse.csr_matrix],
        targets: FloatMatrix,
        viewers: NDArray[np.float64],
        *,
        likely: NDArray[np.float64],
    ) -> tuple[FloatMatrix, NDArray[np.float64]]:
        """Return what content says of every title, and the variance that each block explains.

        The weights are learned from examples, drawn as they are ``likely``, and the map from all watched titles.
        """
        watched = np.flatnonzero(viewers)
        mean = targets[watched].mean(axis=0)
        scale = max(float(np.sqrt(((targets[watched] - mean) ** 2).mean())), 1e-12)
        centred = ((targets - mean) / scale).astype(np.float32)
        random = np.random.default_rng(self.config.seed)
        chances = likely[watched] / likely[watched].sum()
        count = min(self.config.examples, len(watched))
        drawn = np.sort(random.choice(watched, count, replace=False, p=chances))
        weights = weigh([one[drawn] for one in blocks], centred[drawn], 1 / viewers[drawn])
        scaled = [np.sqrt(w) * one for w, one in zip(weights.blocks, blocks, strict=True)]
        common = np.full((len(targets), 1), np.sqrt(weights.bias))
        features = sparse.hstack([*scaled, common], format="csr", dtype=np.float32)
        trust = 1 / (weights.own + weights.noise / viewers[watched])
        solved = _ridge(features[watched], centred[watched], trust.astype(np.float32)[:, None])
        return mean + scale * (features @ solved), weights.blocks


def _ridge(features: sparse.csr_matrix, targets: FloatMatrix, trust: FloatMatrix) -> FloatMatrix:
    """Minimise the trusted squared errors plus the squares of the map, by conjugate gradients.

    No matrix as wide as the vocabulary squared is ever held, and all outputs go together.
    """
    back = features.T.tocsr()
    solved = np.zeros((features.shape[1], targets.shape[1]), np.float32)
    left = back @ (trust * targets)
    ahead, size = left.copy(), (left**2).sum(axis=0)
    enough = SOLVED**2 * size
    for _ in range(SWEEPS):
        if (size <= enough).all():
            break
        there = back @ (trust * (features @ ahead)) + ahead
        step = size / np.maximum((ahead * there).sum(axis=0), 1e-30)
        solved += step * ahead
        left -= step * there
        size, last = (left**2).sum(axis=0), size
        ahead = left + size / np.maximum(last, 1e-30) * ahead
    return solved

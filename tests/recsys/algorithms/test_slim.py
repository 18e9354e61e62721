"""SLIM explains a title by its nearest, and by all of them as EASE would have without the one."""

import numpy as np
import pytest

from recsys.algorithms import slim
from recsys.algorithms.slim import SLIM
from recsys.errors import CapacityError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles

World = tuple[Interactions, Titles]


def by_formula(watched: np.ndarray, model: SLIM) -> np.ndarray:
    lengths = np.maximum(watched.sum(axis=1, keepdims=True), 1)
    damped = watched * lengths ** (-model.config.damping / 2)
    gram = damped.T @ damped
    viewers = np.diag(gram)
    typical = (viewers**2).sum() / viewers.sum()
    penalties = model.config.l2 * typical * (viewers / typical) ** model.config.exponent
    likeness = gram / np.sqrt(np.maximum(np.outer(viewers, viewers), 1e-12))
    weights = np.zeros_like(gram)
    for title, alike in enumerate(likeness):
        alike[title] = 0
        near = np.argsort(-alike, kind="stable")[: model.config.neighbours]
        near = near[alike[near] > 0]
        system = gram[np.ix_(near, near)] + np.diag(penalties[near])
        weights[near, title] = np.linalg.solve(system, gram[near, title])
    return weights


@pytest.mark.parametrize("damping", [0.0, 0.5])
@pytest.mark.parametrize("neighbours", [5, 100])
@pytest.mark.parametrize("block", [1, 8_000_000])
def test_the_weights_are_those_of_the_formula(
    small_world: World, neighbours: int, block: int, damping: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slim, "BLOCK_FLOATS", block)
    model = SLIM(neighbours=neighbours, l2=0.5, damping=damping).fit(*small_world)
    watched = (small_world[0].histories.to_csr().toarray() > 0).astype(float)
    np.testing.assert_allclose(model.weights_.toarray(), by_formula(watched, model), atol=1e-4)


def test_a_history_scores_its_faded_sum_of_weights(small_world: World) -> None:
    model = SLIM(fade=0.5, floor=0.2).fit(*small_world)
    rows = model.weights_.toarray()
    scores = model.score(Histories.of([[3, 5, 7]], 40))[0]
    # .2 + .8 * .25 and .2 + .8 * .5
    np.testing.assert_allclose(scores, 0.4 * rows[3] + 0.6 * rows[5] + rows[7], rtol=1e-5)


def test_too_large_a_catalog_is_refused_before_memory_is_taken(small_world: World) -> None:
    # By common viewers 40 titles may keep 1,404 neighbours at 60 bytes: 84,240.
    with pytest.raises(CapacityError, match=r"40 titles.*next-title"):
        SLIM(memory_gb=84_239e-9).fit(*small_world)
    SLIM(memory_gb=84_241e-9).fit(*small_world)

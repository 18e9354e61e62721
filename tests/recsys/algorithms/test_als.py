"""ALS folds a history in exactly as the library that trained it would."""

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from recsys.algorithms import als
from recsys.algorithms.als import ALS
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles

World = tuple[Interactions, Titles]


def by_implicit(model: ALS, histories: Histories) -> np.ndarray:
    confidence = histories.to_csr()
    confidence.data = 1 + model.config.alpha * confidence.data
    with threadpool_limits(1, "blas"):
        other = AlternatingLeastSquares(
            factors=model.config.factors, regularization=model.config.regularization
        )
        other.item_factors = model.title_vectors_
        return other.recalculate_user(np.arange(len(histories)), confidence)


@pytest.mark.parametrize("block", [1, 500, 16_000_000])
def test_folding_in_equals_implicits_own(
    small_world: World, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(als, "BLOCK_FLOATS", block)
    model = ALS(factors=16, fade=1.0, alpha=4.0, regularization=2.0).fit(*small_world)
    histories = small_world[0].histories
    lengths = np.arange(len(histories)) % 11
    ragged = histories.keep(histories.steps_ago < np.repeat(lengths, histories.lengths))
    np.testing.assert_allclose(model.embed(ragged), by_implicit(model, ragged), atol=1e-4)


def test_an_empty_history_is_the_zero_vector(small_world: World) -> None:
    model = ALS(factors=4).fit(*small_world)
    assert model.embed(Histories.of([[]], 40)).tolist() == [[0, 0, 0, 0]]


def test_another_seed_gives_other_vectors(small_world: World) -> None:
    one, other = (ALS(factors=4, seed=seed).fit(*small_world) for seed in (0, 1))
    assert not np.allclose(one.title_vectors_, other.title_vectors_)


def test_the_last_title_of_a_fading_history_counts_most(small_world: World) -> None:
    model = ALS(factors=8, fade=0.3).fit(*small_world)
    forwards, backwards = model.score(Histories.of([[0, 1], [1, 0]], 40))
    assert forwards[1] > backwards[1]
    assert backwards[0] > forwards[0]

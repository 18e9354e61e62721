"""ALS folds a history in as the formula says, and its sweeps make the loss smaller."""

import numpy as np
import pytest

from recsys.algorithms import als
from recsys.algorithms.als import ALS
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles

World = tuple[Interactions, Titles]


def by_formula(model: ALS, histories: Histories, unwatched: float) -> np.ndarray:
    vectors, l2 = model.title_vectors_.astype(float), model.config.l2
    rows = []
    for weights in histories.to_csr().toarray().astype(float):
        penalty = l2 * (weights.sum() + unwatched * len(vectors)) * np.eye(vectors.shape[1])
        left = unwatched * vectors.T @ vectors + (vectors.T * weights) @ vectors + penalty
        rows.append(np.linalg.solve(left, vectors.T @ weights))
    return np.array(rows)


@pytest.mark.parametrize("block", [1, 500, 2_000_000])
def test_a_history_is_folded_in_as_the_formula_says(
    small_world: World, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(als, "BLOCK_FLOATS", block)
    model = ALS(factors=16, fade=1.0, unwatched=4.0, l2=0.01).fit(*small_world)
    histories = small_world[0].histories
    lengths = np.arange(len(histories)) % 11
    ragged = histories.keep(histories.steps_ago < np.repeat(lengths, histories.lengths))
    # All 60 * 40 cells together weigh 4 times what the watched ones do.
    expected = by_formula(model, ragged, 4.0 * histories.weights.sum() / (60 * 40))
    np.testing.assert_allclose(model.embed(ragged), expected, atol=1e-4)


def loss(model: ALS, histories: Histories) -> float:
    watched, vectors = histories.to_csr().toarray(), model.title_vectors_
    unwatched = model.config.unwatched * watched.sum() / watched.size
    viewers = by_formula(model, histories, unwatched)
    scores = viewers @ vectors.T
    of_viewers = (watched.sum(axis=1) + unwatched * 40) @ (viewers**2).sum(axis=1)
    of_titles = (watched.sum(axis=0) + unwatched * 60) @ (vectors**2).sum(axis=1)
    fit = (watched * (1 - scores) ** 2).sum() + unwatched * (scores**2).sum()
    return float(fit + model.config.l2 * (of_viewers + of_titles))


def test_each_sweep_makes_the_loss_smaller(small_world: World) -> None:
    losses = [
        loss(
            ALS(factors=6, iterations=sweeps, fade=1.0).fit(*small_world), small_world[0].histories
        )
        for sweeps in (1, 3, 30)
    ]
    assert losses[0] > losses[1] > losses[2]


def test_an_empty_history_is_the_zero_vector(small_world: World) -> None:
    model = ALS(factors=4).fit(*small_world)
    assert model.embed(Histories.of([[]], 40)).tolist() == [[0, 0, 0, 0]]


def test_more_factors_than_viewers_or_titles_add_nothing(small_world: World) -> None:
    model = ALS(factors=64).fit(*small_world)
    assert np.isfinite(model.title_vectors_).all()
    assert not model.title_vectors_[:, 40:].any()


def test_the_last_title_of_a_fading_history_counts_most(small_world: World) -> None:
    model = ALS(factors=8, fade=0.3).fit(*small_world)
    forwards, backwards = model.score(Histories.of([[0, 1], [1, 0]], 40))
    assert forwards[1] > backwards[1]
    assert backwards[0] > forwards[0]

"""EASE is the closed form, in little memory, on the titles that somebody watched."""

import numpy as np
import pytest

from recsys.algorithms import ease
from recsys.algorithms.ease import EASE
from recsys.errors import CapacityError, ConfigError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from tests import worlds

World = tuple[Interactions, Titles]


def closed_form(watched: np.ndarray, model: EASE) -> np.ndarray:
    watched = watched * watched.sum(axis=1, keepdims=True) ** (-model.config.damping / 2)
    viewers = np.diag(watched.T @ watched)
    typical = (viewers**2).sum() / viewers.sum()
    penalties = model.config.l2 * typical * (viewers / typical) ** model.config.exponent
    inverse = np.linalg.inv(watched.T @ watched + np.diag(penalties))
    weights = np.eye(watched.shape[1]) - inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize("block", [7, 1024])
@pytest.mark.parametrize(("exponent", "damping"), [(0.0, 0.0), (1.0, 0.0), (0.5, 0.5)])
def test_the_weights_are_those_of_the_papers(
    small_world: World, block: int, exponent: float, damping: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ease, "BLOCK", block)
    model = EASE(l2=0.5, exponent=exponent, damping=damping).fit(*small_world)
    watched = small_world[0].histories.to_csr().toarray()[:, model.watched_] > 0
    expected = closed_form(watched.astype(float), model)
    np.testing.assert_allclose(model.weights_, expected, atol=1e-5)


def test_a_history_scores_its_faded_sum_of_weights(small_world: World) -> None:
    model = EASE(fade=0.5, floor=0).fit(*small_world)
    scores = model.score(Histories.of([[3, 5, 7]], 40))[0, model.watched_]
    row = {title: model.weights_[np.flatnonzero(model.watched_ == title)[0]] for title in (3, 5, 7)}
    np.testing.assert_allclose(scores, 0.25 * row[3] + 0.5 * row[5] + row[7], rtol=1e-5)


def test_an_old_title_counts_at_least_the_floor(small_world: World) -> None:
    model = EASE(fade=0.5, floor=0.2).fit(*small_world)
    scores = model.score(Histories.of([[3, 5, 7]], 40))[0, model.watched_]
    row = {title: model.weights_[np.flatnonzero(model.watched_ == title)[0]] for title in (3, 5, 7)}
    # .2 + .8 * .25 and .2 + .8 * .5
    np.testing.assert_allclose(scores, 0.4 * row[3] + 0.6 * row[5] + row[7], rtol=1e-5)


def test_who_watches_everything_says_little() -> None:
    # Viewers 0 and 1 watched titles 0 and 1; viewer 2 watched all of 0..29.
    viewers = np.array([0, 0, 1, 1, *[2] * 30])
    table = worlds.interactions_table(viewers, np.array([0, 1, 0, 1, *range(30)]))
    interactions = Interactions.from_table(table)
    plain, damped = (
        EASE(damping=damping).fit(interactions, worlds.bare(interactions)).weights_
        for damping in (0.0, 1.0)
    )
    assert damped[0, 1] / damped[0, 2] > 2 * plain[0, 1] / plain[0, 2]


def test_titles_that_nobody_watched_cost_nothing_and_score_nothing() -> None:
    interactions = Interactions.from_table(
        worlds.interactions_table(np.array([0, 0, 1]), np.array([0, 1, 1])), worlds.id_map(900)
    )
    model = EASE(memory_gb=1e-6).fit(interactions, worlds.bare(interactions))
    assert model.weights_.shape == (2, 2)
    assert model.score(Histories.of([[1]], 900))[0, 2:].max() == 0


def test_too_large_a_catalog_is_refused_before_memory_is_taken(small_world: World) -> None:
    # 36 watched titles need 4 * 36 * 36 = 5,184 bytes.
    with pytest.raises(CapacityError, match=r"36 watched titles.*slim"):
        EASE(memory_gb=5_183e-9).fit(*small_world)
    EASE(memory_gb=5_185e-9).fit(*small_world)


def test_a_penalty_too_small_for_float32_is_refused() -> None:
    twins = worlds.interactions_table(np.repeat(np.arange(50), 2), np.tile([0, 1], 50))
    interactions = Interactions.from_table(twins)
    with pytest.raises(ConfigError, match=r"ease\.l2"):
        EASE(l2=1e-12).fit(interactions, worlds.bare(interactions))

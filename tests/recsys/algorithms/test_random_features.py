"""Random features are the ridge regression they claim to be, and hear what several titles say together."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.algorithms.next_title import NextTitle
from recsys.algorithms.random_features import FURTHEST, RandomFeatures
from recsys.errors import ConfigError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from tests import worlds

World = tuple[Interactions, Titles]


def moment(model: RandomFeatures, titles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what the regression sees of a history, by the formula."""
    vectors = model.vectors_.astype(np.float64)[titles]
    steps_ago = np.arange(len(titles))[::-1]
    views = [(weights * fade**steps_ago) @ vectors for fade in model.config.fades]
    views += [vectors[-1], vectors[-2] if len(titles) > 1 else 0 * vectors[-1]]
    x = np.concatenate([view * scale for view, scale in zip(views, model.scales_, strict=True)])
    return np.concatenate([np.maximum(x @ model.drawn_ - model.bars_, 0), x, [1]])


@pytest.mark.parametrize("ahead", [0.0, 0.6])
def test_the_weights_are_those_of_the_regression(small_world: World, ahead: float) -> None:
    interactions, titles = small_world
    drawn = np.random.default_rng(0).uniform(0.2, 1, len(interactions)).astype(np.float32)
    histories = replace(interactions.histories, weights=drawn)
    model = RandomFeatures(factors=4, features=10, l2=0.1, ahead=ahead, least_viewers=1)
    model.fit(interactions.with_histories(histories), titles)
    rows, targets = [], []
    for viewer in range(len(histories)):
        own = histories.take(np.array([viewer]))
        watched = np.searchsorted(model.learned_, own.titles)
        for now in range(1, len(watched)):
            rows.append(moment(model, watched[:now], own.weights[:now]))
            target = np.zeros(len(model.learned_))
            for later in range(now, min(now + FURTHEST, len(watched))):
                target[watched[later]] += own.weights[later] * ahead ** (later - now)
            targets.append(target)
    x, y = np.array(rows), np.array(targets)
    gram = x.T @ x
    gram += 0.1 * np.median(np.diag(gram)) * np.eye(len(gram))
    viewers = np.bincount(histories.titles, minlength=len(titles))[model.learned_]
    expected = np.linalg.solve(gram, x.T @ y) * viewers**-0.1
    np.testing.assert_allclose(model.weights_, expected, atol=1e-3)


def test_it_hears_what_two_titles_say_together() -> None:
    # What comes third is known from both titles before it and from neither alone.
    random = np.random.default_rng(0)
    first, second = random.integers(0, 2, (2, 400))
    third = 4 + (first ^ second)
    histories = Histories.of(np.stack([first, 2 + second, third], axis=1).tolist(), n_titles=6)
    interactions = Interactions(histories, worlds.id_map(400), worlds.id_map(6))
    asked = Histories.of([[0, 2], [0, 3], [1, 2], [1, 3]], n_titles=6)
    titles = worlds.bare(interactions)
    model = RandomFeatures(factors=6, features=200, silent=0.5).fit(interactions, titles)
    assert model.score(asked)[:, 4:].argmax(axis=1).tolist() == [0, 1, 1, 0]
    one_by_one = NextTitle(l2=(1.0, 1.0)).fit(interactions, titles).score(asked)[:, 4:]
    assert one_by_one.argmax(axis=1).tolist() != [0, 1, 1, 0]


def test_what_was_not_learned_is_no_better_than_the_least_that_was(small_world: World) -> None:
    interactions, titles = small_world
    model = RandomFeatures(factors=4, features=10, most_titles=7).fit(interactions, titles)
    scores = model.score(interactions.histories)
    some = [row for row, one in enumerate(scores) if not np.array_equal(one, model.popularity_)]
    assert len(some) > len(scores) / 2
    others = np.setdiff1d(np.arange(len(titles)), model.learned_)
    least = scores[some][:, model.learned_].min(axis=1)
    assert len(model.learned_) == 7
    assert (scores[some][:, others] == least[:, None]).all()


def test_a_penalty_too_small_to_solve_with_is_refused(small_world: World) -> None:
    with pytest.raises(ConfigError, match=r"random-features\.l2"):
        RandomFeatures(factors=40, features=4000, l2=1e-30).fit(*small_world)

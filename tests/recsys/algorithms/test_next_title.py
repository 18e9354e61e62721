"""The next-title model is the ridge regression it claims to be, on the titles that fit."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.algorithms.next_title import NextTitle
from recsys.errors import ConfigError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from tests import worlds

World = tuple[Interactions, Titles]


def by_hand(
    histories: Histories, fades: tuple[float, ...], l2: tuple[float, ...], ahead: float
) -> np.ndarray:
    """Solve the regression from a row for each moment of each viewer."""
    size, rows, targets = histories.n_titles, [], []
    for viewer in range(len(histories)):
        own = histories.take(np.array([viewer]))
        for now in range(1, len(own.titles)):
            views = np.zeros((len(fades), size))
            for at, (title, weight) in enumerate(zip(own.titles[:now], own.weights, strict=False)):
                views[:, title] += weight * np.array(fades) ** (now - 1 - at)
            target = np.zeros(size)
            for later in range(now, len(own.titles)):
                target[own.titles[later]] += own.weights[later] * ahead ** (later - now)
            rows.append(views.ravel())
            targets.append(target)
    x, y = np.array(rows), np.array(targets)
    return np.linalg.solve(x.T @ x + np.diag(np.repeat(l2, size)), x.T @ y)


@pytest.mark.parametrize("ahead", [0.0, 0.6])
@pytest.mark.parametrize("fades", [(0.8,), (0.75, 0.9)])
def test_the_weights_are_those_of_the_regression(
    small_world: World, fades: tuple[float, ...], ahead: float
) -> None:
    interactions, titles = small_world
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.2, 1, len(interactions)).astype(np.float32)
    histories = interactions.histories.last(12)
    histories = replace(histories, weights=weights[: len(histories.titles)])
    l2 = (3.0, 5.0)[: len(fades)]
    model = NextTitle(fades=fades, l2=l2, ahead=ahead, least_viewers=1)
    model.fit(interactions.with_histories(histories), titles)
    expected = by_hand(histories, fades, l2, ahead).reshape(len(fades), 40, 40)
    expected = expected[:, model.watched_][:, :, model.watched_]
    found = model.weights_.reshape(expected.shape)
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_what_always_follows_a_title_comes_first_after_it() -> None:
    viewers, places = np.repeat(np.arange(30), 4), np.tile(np.arange(4), 30)
    starts = np.repeat(np.random.default_rng(0).integers(0, 10, 30), 4)
    interactions = Interactions.from_table(
        worlds.interactions_table(viewers, (starts + places) % 10), worlds.id_map(10)
    )
    model = NextTitle(l2=(1.0, 1.0), least_viewers=1).fit(interactions, worlds.bare(interactions))
    following, _ = model.recommend(Histories.of([[n] for n in range(10)], 10), 1)
    assert following[:, 0].tolist() == [(n + 1) % 10 for n in range(10)]


def test_a_score_is_divided_by_a_power_of_the_viewers(small_world: World) -> None:
    interactions, titles = small_world
    viewers = np.bincount(interactions.histories.titles, minlength=40)
    plain = NextTitle(least_viewers=1).fit(interactions, titles).score(interactions.histories)
    model = NextTitle(least_viewers=1, answering=0.5).fit(interactions, titles)
    expected = plain / np.sqrt(np.maximum(viewers, 1))
    np.testing.assert_allclose(model.score(interactions.histories), expected, atol=1e-5)


def test_the_most_watched_titles_take_part_and_no_more(small_world: World) -> None:
    interactions, titles = small_world
    viewers = np.bincount(interactions.histories.titles, minlength=40)
    model = NextTitle(most_titles=7, least_viewers=1).fit(interactions, titles)
    assert model.weights_.shape == (14, 7)
    assert viewers[model.watched_].min() >= np.sort(viewers)[-7]
    assert NextTitle(least_viewers=10_000).fit(interactions, titles).watched_.size == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fades": (0.5,)}, "as many l2 as fades, which are 1"),
        ({"fades": (0.5, 1.0)}, "fades between 0 and 1"),
        ({"l2": (0.0, 1.0)}, "l2 above 0"),
        ({"ahead": 1.0}, "less than 1"),
    ],
)
def test_wrong_hyperparameters_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        NextTitle(**given)

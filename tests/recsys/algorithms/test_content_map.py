"""The content map places titles that nobody watched, and says what it was learned from."""

import numpy as np
import pytest

from recsys.algorithms.content_map import ContentMap
from recsys.errors import ConfigError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from tests import worlds

World = tuple[Interactions, Titles]


@pytest.fixture(scope="module")
def world() -> World:
    """Four tastes, their genres in the catalog, and the last title of each taste never watched."""
    return worlds.small_world(viewers=200, length=8)


def test_titles_that_nobody_watched_go_to_viewers_of_their_taste(world: World) -> None:
    model = ContentMap(factors=8).fit(*world)
    unwatched = np.zeros(40, bool)
    unwatched[36:] = True
    tastes = Histories.of([[taste, taste + 4, taste + 8] for taste in range(4)], 40)
    ids, _ = model.recommend(tastes, 1, allowed=unwatched)
    assert ids[:, 0].tolist() == [36, 37, 38, 39]


def test_a_title_that_nobody_watched_ranks_where_its_kind_does(world: World) -> None:
    model = ContentMap(factors=8).fit(*world)
    scores = model.score(Histories.of([[0, 4, 8]], 40))[0]
    of_taste, others = scores[np.arange(0, 36, 4)], np.delete(scores, np.arange(0, 40, 4))
    assert others.max() < scores[36] < of_taste.max()


def test_what_was_watched_often_stands_where_its_viewers_put_it(world: World) -> None:
    interactions, _ = world
    viewers = np.bincount(interactions.histories.titles, minlength=40)
    alone = ContentMap(factors=8, own=0).fit(*world).title_vectors_
    half = ContentMap(factors=8, own=float(viewers[0])).fit(*world).title_vectors_
    mapped = ContentMap(factors=8, own=1e9).fit(*world).title_vectors_
    np.testing.assert_allclose(half[0], (alone[0] + mapped[0]) / 2, atol=1e-4)


def test_viewers_of_long_ago_count_less_in_a_title_but_not_in_a_history() -> None:
    viewers = np.arange(8).repeat(2)
    titles = np.array([[0, 2], [1, 2]] * 4).ravel()
    days = np.where(titles == 0, 0.0, 730.0)
    table = worlds.interactions_table(viewers, titles, days=days)
    catalog = worlds.described_titles(np.zeros(3, int))
    interactions = Interactions.from_table(table, catalog.ids)
    forgets = ContentMap(factors=2, half_life_days=365).fit(interactions, catalog)
    keeps = ContentMap(factors=2).fit(interactions, catalog)
    # Two half-lives leave a quarter of the viewers, and vectors grow with the root of their number.
    np.testing.assert_allclose(forgets.title_vectors_[0], keeps.title_vectors_[0] / 2, rtol=1e-4)
    np.testing.assert_allclose(forgets.title_vectors_[1], keeps.title_vectors_[1], rtol=1e-4)
    np.testing.assert_array_equal(forgets.profiles_, keeps.profiles_)


def test_without_a_catalog_it_is_collaborative_alone(world: World) -> None:
    interactions, _ = world
    model = ContentMap(factors=8).fit(interactions, worlds.bare(interactions))
    assert np.isfinite(model.title_vectors_).all()
    assert model.title_vectors_[:36].any(axis=1).all()


@pytest.mark.parametrize("length", [1, 2])
def test_the_smallest_worlds_are_learned(length: int) -> None:
    watched = worlds.interactions_table(np.zeros(length, int), np.arange(length))
    interactions = Interactions.from_table(watched)
    model = ContentMap().fit(interactions, worlds.bare(interactions))
    assert np.isfinite(model.score(interactions.histories)).all()


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"content-map\.blocks"):
        ContentMap(blocks=("colour",))

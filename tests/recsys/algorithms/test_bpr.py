"""BPR keeps a map from histories, and no viewer."""

import numpy as np

from recsys.algorithms.bpr import BPR
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles

World = tuple[Interactions, Titles]


def test_the_bias_of_a_title_is_part_of_the_inner_product(small_world: World) -> None:
    model = BPR(factors=6, iterations=5).fit(*small_world)
    vectors = model.embed(Histories.of([[1, 2], [3]], 40))
    assert vectors.shape == (2, 6 + 1)
    assert vectors[:, -1].tolist() == [1, 1]


def test_a_history_is_the_map_of_the_mean_of_its_titles(small_world: World) -> None:
    model = BPR(factors=6, iterations=5, fade=0.5).fit(*small_world)
    first, last = model.title_vectors_[[4, 9], :-1]
    mean = (0.5 * first + last) / 1.5
    expected = np.concatenate([[1.0], mean]) @ model.map_
    np.testing.assert_allclose(model.embed(Histories.of([[4, 9]], 40))[0, :-1], expected, rtol=1e-4)


def test_what_is_kept_does_not_grow_with_the_viewers(small_world: World) -> None:
    model = BPR(factors=6, iterations=5).fit(*small_world)
    assert model.map_.shape == (7, 6)
    assert model.title_vectors_.shape == (40, 7)

"""The graph filter lets the lowest frequencies of a history through."""

import numpy as np
import pytest

from recsys.algorithms.graph_filter import GraphFilter
from recsys.errors import CapacityError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles

World = tuple[Interactions, Titles]


def test_a_history_scores_its_smooth_part(small_world: World) -> None:
    config = {
        "factors": 4,
        "damping": 1.0,
        "asking": 0.5,
        "answering": 0.25,
        "fade": 0.5,
        "l2": 0.2,
    }
    model = GraphFilter(**config).fit(*small_world)
    watched = (small_world[0].histories.to_csr().toarray() > 0).astype(float)
    popularity, lengths = watched.sum(axis=0), watched.sum(axis=1, keepdims=True)
    known = popularity > 0
    scale = np.where(known, 1 / np.sqrt(np.maximum(popularity, 1)), 0)
    _, values, right = np.linalg.svd(watched / np.sqrt(lengths) * scale)
    # With titles asking by half a power the penalty is the same whatever their popularity.
    passing = values[:4] ** 2 / (values[:4] ** 2 + 0.2)
    low = right[:4].T * passing @ right[:4]
    history = np.zeros(40)
    history[[3, 5]] = 0.5, 1.0
    expected = (history * scale) @ low * np.where(known, popularity**0.25, 0)
    found = model.score(Histories.of([[3, 5]], 40))[0]
    # The decomposition is random; without the penalty, a power or the fade the largest errors are tenfold.
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_all_frequencies_give_a_history_back(small_world: World) -> None:
    model = GraphFilter(factors=64, l2=0, asking=0.5, answering=0.5, fade=1.0).fit(*small_world)
    found = model.score(Histories.of([[3, 5]], 40))[0]
    expected = np.zeros(40)
    expected[[3, 5]] = 1.0
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_too_much_is_refused_before_memory_is_taken(small_world: World) -> None:
    # 16 * (60 viewers + 40 titles) * 4 factors = 6,400 bytes.
    with pytest.raises(CapacityError, match=r"60 viewers and 40 titles.*next-title"):
        GraphFilter(factors=4, memory_gb=6_399e-9).fit(*small_world)
    GraphFilter(factors=4, memory_gb=6_401e-9).fit(*small_world)

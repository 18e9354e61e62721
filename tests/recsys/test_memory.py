"""What would take too much memory is refused before any is taken, and something that would serve is named."""

import tracemalloc
from functools import cache

import numpy as np
import pytest

from recsys.algorithms import ALGORITHMS
from recsys.errors import CapacityError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from tests import worlds

World = tuple[Interactions, Titles]

BOUNDED = [name for name, one in ALGORITHMS.items() if "memory_gb" in one.config_type.model_fields]
BY_PAIRS = ["ease", "item-knn", "markov", "next-title", "slim"]
"""Those that keep something for pairs of titles."""
BOUNDS_OF_THEIR_OWN: dict[str, dict[str, object]] = {
    "next-title": {"most_titles": 200, "memory_gb": 1e-2},
    "popularity": {},
}


@cache
def large() -> World:
    """Return 100 viewers, each of whom watched 10,000 titles of 200,000."""
    viewers, length, n_titles = 100, 10_000, 200_000
    random = np.random.default_rng(0)
    titles = np.concatenate([random.permutation(n_titles)[:length] for _ in range(viewers)])
    histories = Histories.of(titles.reshape(viewers, length).tolist(), n_titles)
    interactions = Interactions(histories, worlds.id_map(viewers), worlds.id_map(n_titles))
    return interactions, worlds.bare(interactions)


@pytest.mark.parametrize("name", BOUNDED)
def test_no_fit_takes_more_memory_than_it_may(name: str, small_world: World) -> None:
    with pytest.raises(CapacityError, match=rf"{name}\.memory_gb.*Raise it, or .*use ") as refused:
        ALGORITHMS[name](memory_gb=1e-9).fit(*small_world)
    assert any(f"use {other}" in str(refused.value) for other in set(ALGORITHMS) - {name})
    ALGORITHMS[name](memory_gb=1.0).fit(*small_world)


@pytest.mark.parametrize("name", BOUNDED)
def test_whoever_follows_the_advice_comes_to_a_model_that_serves(name: str) -> None:
    interactions, titles = large()
    asked: list[str] = []
    advised: str | None = name
    while advised is not None and advised not in asked:
        asked.append(advised)
        # A setting that refuses this catalog, as the default does one fifty times as large.
        config = BOUNDS_OF_THEIR_OWN.get(advised, {"memory_gb": 1e-3})
        try:
            ALGORITHMS[advised](**config).fit(interactions, titles)
            advised = None
        except CapacityError as error:
            advised = next(other for other in ALGORITHMS if f"use {other}," in str(error))
    assert advised is None, f"the advice leads in a circle: {asked}"


@pytest.mark.parametrize("name", BY_PAIRS)
def test_a_catalog_too_large_for_pairs_is_refused_before_memory_is_taken(name: str) -> None:
    interactions, titles = large()
    tracemalloc.start()
    try:
        with pytest.raises(CapacityError, match=r"00,000|watched titles|6,000 titles"):
            ALGORITHMS[name](memory_gb=0.3).fit(interactions, titles)
        assert tracemalloc.get_traced_memory()[1] < 0.3e9
    finally:
        tracemalloc.stop()

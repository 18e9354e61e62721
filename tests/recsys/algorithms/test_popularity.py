"""Popularity counts, forgets, and knows regions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.algorithms.popularity import Popularity
from recsys.interactions import Histories, Interactions
from recsys.topk import top_k
from tests import worlds


def world(viewers: list[int], titles: list[int], **more: object) -> Interactions:
    table = worlds.interactions_table(np.array(viewers), np.array(titles), **more)
    return Interactions.from_table(table)


def fitted(interactions: Interactions, **parameters: object) -> Popularity:
    return Popularity(**parameters).fit(interactions, worlds.bare(interactions))


def nobody(region: str, n_titles: int) -> Histories:
    histories = Histories.of([[]], n_titles)
    histories.regions[:] = region
    return histories


def test_without_decay_a_title_scores_its_share_of_all_weights() -> None:
    model = fitted(world([0, 1, 2, 0], [0, 0, 0, 1]))
    assert model.score(nobody("", 2))[0].tolist() == [3 / 4, 1 / 4]


def test_a_weight_counts_half_after_a_half_life() -> None:
    old_and_new = world([0, 1, 2], [0, 0, 1], days=np.array([0.0, 0.0, 10.0]))
    model = fitted(old_and_new, half_life_days=10)
    assert model.score(nobody("", 2))[0].tolist() == pytest.approx([0.5, 0.5])
    model = fitted(old_and_new, half_life_days=5)
    assert model.score(nobody("", 2))[0].tolist() == pytest.approx([0.5 / 1.5, 1 / 1.5])


def test_a_region_mixes_its_own_counts_with_the_worlds_shares() -> None:
    # DE watched title 0 once; FR watched title 1 three times; the world's shares are 1/4 and 3/4.
    interactions = world([0, 1, 2, 3], [0, 1, 1, 1], regions=["DE", "FR", "FR", "FR"])
    model = fitted(interactions, region_shrinkage=2)
    expected = [(1 + 2 * 1 / 4) / (1 + 2), (0 + 2 * 3 / 4) / (1 + 2)]
    assert model.score(nobody("DE", 2))[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("region", ["", "XX"])
def test_an_unknown_region_gets_the_worlds_answer(region: str) -> None:
    interactions = world([0, 1, 2], [0, 1, 1], regions=["DE", "FR", "FR"])
    model = fitted(interactions, region_shrinkage=0)
    assert model.score(nobody(region, 2))[0].tolist() == pytest.approx([1 / 3, 2 / 3])


def test_without_shrinkage_all_regions_are_one_world() -> None:
    interactions = world([0, 1, 2], [0, 1, 1], regions=["DE", "FR", "FR"])
    model = fitted(interactions)
    np.testing.assert_array_equal(model.score(nobody("DE", 2)), model.score(nobody("FR", 2)))


def test_a_score_has_its_origins_in_the_region_and_everywhere() -> None:
    interactions = world([0, 1, 2, 3], [0, 1, 1, 1], regions=["DE", "FR", "FR", "FR"])
    model = fitted(interactions, region_shrinkage=2)
    assert model.origins("DE", 0) == pytest.approx((1 / 3, (2 / 4) / 3))
    assert model.origins("DE", 1) == pytest.approx((0, (2 * 3 / 4) / 3))
    assert model.origins("XX", 1) == pytest.approx((0, 3 / 4))
    assert sum(model.origins("FR", 1)) == pytest.approx(model.score(nobody("FR", 2))[0, 1])


@given(st.integers(0, 2**32 - 1), st.integers(1, 45), st.sampled_from(["DE", "FR", "XX", ""]))
def test_the_most_watched_are_what_a_look_at_all_scores_finds(
    seed: int, n: int, region: str
) -> None:
    rng = np.random.default_rng(seed)
    interactions, titles = worlds.small_world()
    model = Popularity(region_shrinkage=3).fit(interactions, titles)
    asker = nobody(region, len(titles))
    closed = rng.random((1, len(titles))) < rng.random()
    ids, best = model.most_watched(asker, closed, n)
    expected, scores = top_k(np.where(closed, -np.inf, model.score(asker)).astype("f4"), n)
    assert ids.tolist() == expected.tolist()
    assert best.tolist() == scores.tolist()

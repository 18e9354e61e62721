"""Item-kNN's likenesses are the formulas', whatever the block they were computed in."""

import numpy as np
import pytest

from recsys import neighbours
from recsys.algorithms.item_knn import ItemKNN
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles
from tests import worlds

World = tuple[Interactions, Titles]


def two_viewers() -> Interactions:
    # Viewer 0 watched titles 0, 1, 2; viewer 1 watched titles 0, 1.
    return Interactions.from_table(
        worlds.interactions_table(np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 1]))
    )


def likeness(**parameters: object) -> np.ndarray:
    interactions = two_viewers()
    return ItemKNN(**parameters).fit(interactions, worlds.bare(interactions)).likeness_.toarray()


def test_cosine_divides_common_viewers_by_norms_and_shrinkage() -> None:
    found = likeness(weighting="cosine", shrinkage=3)
    assert found[0, 1] == pytest.approx(2 / (np.sqrt(2) * np.sqrt(2) + 3))
    assert found[0, 2] == pytest.approx(1 / (np.sqrt(2) * np.sqrt(1) + 3))
    assert np.diag(found).tolist() == [0, 0, 0]


def test_asking_and_answering_titles_may_be_normalised_apart_and_busy_viewers_damped() -> None:
    found = likeness(weighting="cosine", shrinkage=0, asking=0.5, answering=0.25, damping=1.0)
    # Viewer 0 of three titles and viewer 1 of two watched titles 0 and 1; two viewers have title 0.
    assert found[0, 1] == pytest.approx((1 / 3 + 1 / 2) / (2**0.5 * 2**0.25))
    assert found[0, 2] == pytest.approx((1 / 3) / (2**0.5 * 1**0.25))
    assert found[2, 0] == pytest.approx((1 / 3) / (1**0.5 * 2**0.25))


def test_tfidf_counts_a_viewer_of_many_titles_less() -> None:
    found = likeness(weighting="tfidf", shrinkage=0)
    busy, choosy = np.log1p(3 / 3), np.log1p(3 / 2)
    norm = np.hypot(busy, choosy)
    assert found[0, 2] == pytest.approx(busy * busy / (norm * busy))
    assert found[0, 1] == pytest.approx(1.0)


def test_bm25_saturates_and_normalises_by_a_titles_viewers() -> None:
    found = likeness(weighting="bm25", k1=1.2, b=0.75)
    mean = 5 / 3
    strength = {n: 2.2 / (1.2 * (0.25 + 0.75 * n / mean) + 1) for n in (1, 2)}
    assert found[0, 2] == pytest.approx(strength[2] * strength[1] * np.log1p(3 / 3) ** 2, rel=1e-5)


@pytest.mark.parametrize("weighting", ["cosine", "tfidf", "bm25"])
@pytest.mark.parametrize("block", [1, 200, 8_000_000])
def test_the_neighbours_are_the_largest_of_all_pairs(
    small_world: World, weighting: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "BLOCK_ENTRIES", block)
    everything = ItemKNN(weighting=weighting, neighbours=40).fit(*small_world).likeness_.toarray()
    few = ItemKNN(weighting=weighting, neighbours=5).fit(*small_world).likeness_.toarray()
    for all_of_row, kept in zip(everything, few, strict=True):
        order = np.argsort(-all_of_row, kind="stable")[:5]
        expected = np.zeros(40)
        expected[order] = all_of_row[order]
        np.testing.assert_allclose(kept, expected, rtol=1e-6)


def test_equal_likenesses_go_to_the_lower_title() -> None:
    table = worlds.interactions_table(np.repeat(np.arange(2), 6), np.tile(np.arange(6), 2))
    interactions = Interactions.from_table(table)
    model = ItemKNN(neighbours=2).fit(interactions, worlds.bare(interactions))
    assert model.likeness_.indices.reshape(6, 2).tolist() == [
        [1, 2],
        [0, 2],
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 1],
    ]


def test_a_history_scores_the_faded_sum_of_its_likenesses(small_world: World) -> None:
    model = ItemKNN(fade=0.5, shrinkage=1).fit(*small_world)
    rows = model.likeness_.toarray()
    scores = model.score(Histories.of([[3, 5]], 40))[0]
    np.testing.assert_allclose(scores, 0.5 * rows[3] + rows[5], rtol=1e-5)

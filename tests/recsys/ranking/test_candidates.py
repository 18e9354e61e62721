"""Every part proposes, every proposal is scored by all, and nothing closed is proposed."""

import numpy as np
import pytest

from recsys.algorithms import ALGORITHMS
from recsys.interactions import Histories
from recsys.ranking.candidates import Candidates, propose, standardised
from recsys.ranking.index import Index
from tests import worlds


@pytest.fixture(scope="module")
def parts():
    world = worlds.small_world()
    return {
        "als": ALGORITHMS["als"](factors=8).fit(*world),
        "popularity": ALGORITHMS["popularity"]().fit(*world),
    }


def test_each_part_proposes_its_quota_of_what_is_open(parts) -> None:
    histories = Histories.of([[0, 4], [1]], n_titles=40)
    closed = np.zeros((2, 40), bool)
    closed[:, :10] = True
    found = propose(parts, histories, 5, closed)
    assert not closed[found.viewers, found.titles].any()
    for viewer in range(2):
        own = set(found.titles[found.viewers == viewer].tolist())
        for part in parts.values():
            ids, _ = part.recommend(
                histories.take(slice(viewer, viewer + 1)),
                5,
                allowed=~closed[viewer],
                with_seen=True,
            )
            assert set(ids[0].tolist()) <= own


def test_a_pair_is_scored_by_every_part_and_ranked_among_the_viewers_pairs(parts) -> None:
    histories = Histories.of([[0, 4], [1]], n_titles=40)
    found = propose(parts, histories, 5, np.zeros((2, 40), bool))
    for at, part in enumerate(parts.values()):
        every = part.score(histories).astype(np.float64)
        every = (every - every.mean(axis=1)[:, None]) / every.std(axis=1)[:, None]
        every = np.sign(every) * np.log1p(np.abs(every))
        scores = every[found.viewers, found.titles]
        np.testing.assert_allclose(found.scores[:, at], scores, rtol=1e-3, atol=1e-4)
        for viewer in range(2):
            own = found.viewers == viewer
            order = np.argsort(-found.scores[own, at], kind="stable")
            assert found.ranks[own, at][order].tolist() == list(range(own.sum()))


def test_searching_the_index_proposes_what_multiplying_does(parts) -> None:
    histories = worlds.small_world()[0].histories
    closed = histories.to_csr().toarray() > 0
    indexes = {"als": Index.build(parts["als"].title_vectors_)}
    searched = propose(parts, histories, 7, closed, indexes)
    multiplied = propose(parts, histories, 7, closed)
    assert searched.titles.tolist() == multiplied.titles.tolist()
    np.testing.assert_allclose(searched.scores, multiplied.scores, rtol=1e-3, atol=1e-4)


def test_standard_scores_have_mean_nought_and_deviation_one_for_each_viewer() -> None:
    values = standardised(np.array([0, 0, 1, 1]), np.array([[1], [3], [10], [30]], np.float32))
    assert values.ravel().tolist() == [-1, 1, -1, 1]


def test_a_title_is_credited_to_the_part_that_ranks_it_highest() -> None:
    found = Candidates(
        viewers=np.array([0, 0, 1]),
        titles=np.array([2, 5, 2], np.int32),
        scores=np.zeros((3, 2), np.float32),
        ranks=np.array([[0, 1], [1, 0], [3, 0]], np.int32),
        proposed=np.ones((3, 2), bool),
    )
    sources = found.sources(np.array([[2, 5], [2, -1], [7, -1]]), ["one", "two"], "popularity")
    assert sources.tolist() == [["one", "two"], ["two", ""], ["popularity", ""]]

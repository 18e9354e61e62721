"""The order of candidates, and what each column adds to it."""

import numpy as np
import pytest

from recsys.ranking.candidates import Candidates
from recsys.ranking.order import Order
from recsys.ranking.ranker import Lists, Ranker, RankerConfig

NAMES = ["score_a", "score_b", "vote_a", "vote_b", "votes", "blend"]
SCORES = np.array([[1.0, 3.0], [2.0, 0.5]], np.float32)
COLUMNS = np.array([[1.0, 3.0, 0.1, 0.2, 0.3, 2.5], [2.0, 0.5, 0.2, 0.1, 0.3, 0.875]], np.float32)
BLEND = np.array([0.25, 0.75], np.float32)


def candidates(scores: np.ndarray) -> Candidates:
    count = len(scores)
    return Candidates(
        viewers=np.zeros(count, np.int64),
        titles=np.arange(count, dtype=np.int32),
        scores=scores.astype(np.float32),
        ranks=np.zeros(scores.shape, np.int32),
        proposed=np.ones(scores.shape, bool),
    )


@pytest.mark.parametrize(
    ("by", "added"),
    [
        ("votes", [0, 0, 0.1, 0.2, 0, 0]),
        ("blend", [0.25 * 1, 0.75 * 3, 0, 0, 0, 0]),
        ("score_b", [0, 3, 0, 0, 0, 0]),
    ],
)
def test_without_a_ranker_a_column_is_shared_out_among_the_parts(
    by: str, added: list[float]
) -> None:
    order = Order(NAMES, by, BLEND, temper=0.5, ranker=None)
    terms = order.terms(candidates(SCORES), COLUMNS, 0)
    np.testing.assert_allclose(terms.added, added, rtol=1e-6)
    assert terms.values.tolist() == COLUMNS[0].tolist()
    assert terms.base == 0
    assert terms.added.sum() == pytest.approx(order.scores(candidates(SCORES), COLUMNS)[0])


@pytest.mark.parametrize("temper", [0.0, 0.2, 2.0])
def test_a_tempered_rankers_score_is_the_sum_of_its_terms(temper: float) -> None:
    rng = np.random.default_rng(0)
    columns = rng.random((600, 6)).astype(np.float32)
    labels = (np.arange(600) % 10 == columns[:, 0].reshape(60, 10).argmax(axis=1).repeat(10)) * 1
    config = RankerConfig(trees=10, least_pairs=5)
    ranker = Ranker.fit(Lists(columns, labels.astype(np.int32), np.full(60, 10)), NAMES, config)
    asked, few = columns[:50], candidates(columns[:50, :2])
    order = Order(NAMES, "votes", BLEND, temper, ranker)
    terms = [order.terms(few, asked, pair) for pair in range(50)]
    sums = [one.base + one.added.sum() for one in terms]
    np.testing.assert_allclose(sums, order.scores(few, asked), rtol=1e-4, atol=1e-5)
    added = np.array([one.added for one in terms])
    # The blend adds to the parts' scores alone, in proportion.
    plain = np.array([Order(NAMES, "votes", BLEND, 0.0, ranker).terms(few, asked, 3).added])[0]
    spread = (few.scores @ BLEND).std()
    expected = temper * BLEND * few.scores[3] / spread
    np.testing.assert_allclose(added[3][:2] - plain[:2], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(added[3][2:], plain[2:])

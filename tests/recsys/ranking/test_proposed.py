"""The best of what was proposed and of what is watched, found with and without a look at all titles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.algorithms.popularity import Popularity
from recsys.errors import InputError
from recsys.interactions import Histories
from recsys.ranking.candidates import Candidates
from recsys.ranking.proposed import Proposed
from recsys.topk import top_k
from tests import worlds

WORLD = worlds.small_world()
POPULAR = Popularity(region_shrinkage=3).fit(*WORLD)
N_TITLES = len(WORLD[1])


def proposed(seed: int, shut: np.ndarray, histories: Histories) -> Proposed:
    """Return some open titles of each viewer in an order by chance, with ties."""
    rng = np.random.default_rng(seed)
    open_ = ~shut
    open_[histories.viewers, histories.titles] = False
    viewers, titles = np.nonzero(open_ & (rng.random(shut.shape) < rng.random()))
    nothing = np.zeros((len(viewers), 1))
    candidates = Candidates(
        viewers, titles.astype(np.int32), nothing.astype("f4"), nothing.astype("i4"), nothing > 0
    )
    return Proposed(candidates, rng.integers(-3, 9, len(viewers)).astype("f4") / 7)


@given(st.integers(0, 2**32 - 1), st.integers(1, N_TITLES + 3))
def test_the_best_are_those_among_all(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    histories = Histories.of([[0, 4], [], [7]], N_TITLES)
    histories.regions[:] = ["DE", "FR", ""]
    shut = rng.random((3, N_TITLES)) < rng.random() / 2
    given_ = proposed(seed, shut, histories)
    scores = given_.among_all(POPULAR.score(histories.last(0)))
    scores[shut] = -np.inf
    scores[histories.viewers, histories.titles] = -np.inf
    expected, best = top_k(scores, n)
    ids, found = given_.best(histories, shut, POPULAR, n)
    assert ids.tolist() == expected.tolist()
    np.testing.assert_allclose(found, best, rtol=1e-6)


def test_an_order_that_is_no_number_is_refused() -> None:
    histories, shut = Histories.of([[0]], N_TITLES), np.zeros((1, N_TITLES), bool)
    given_ = proposed(1, shut, histories)
    given_.order[0] = np.nan
    with pytest.raises(InputError, match="NaN"):
        given_.best(histories, shut, POPULAR, 5)

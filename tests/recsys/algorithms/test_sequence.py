"""The sequence model says what it lacks, and what learned is served without it."""

from importlib.util import find_spec

import numpy as np
import pytest

from recsys.algorithms.sequence import Sequence
from recsys.errors import ConfigError
from recsys.interactions import Histories, Interactions
from recsys.titles import Titles

World = tuple[Interactions, Titles]
needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="needs the extra deep: make deep"
)


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
def test_without_torch_learning_says_what_to_install(small_world: World) -> None:
    with pytest.raises(ConfigError, match="make deep"):
        Sequence().fit(*small_world)


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ConfigError, match="heads that divide"):
        Sequence(width=10, heads=3)


@needs_torch
def test_titles_that_take_no_part_come_after_all_others(small_world: World) -> None:
    model = Sequence(width=4, epochs=1, least_viewers=5).fit(*small_world)
    scores = model.score(Histories.of([[0, 4, 8]], 40))[0]
    out = model.rows_ < 0
    assert out.any()
    assert np.ptp(scores[out]) == 0
    assert scores[out].max() <= np.quantile(scores[~out], 0.1)
    assert scores.std() < 2 * scores[~out].std()

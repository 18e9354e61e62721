"""The Markov model counts what followed, by hand."""

import numpy as np
import pytest

from recsys.algorithms.markov import Markov
from recsys.errors import ConfigError
from recsys.ids import IdMap
from recsys.interactions import Histories, Interactions
from tests import worlds

WATCHED = Histories.of([[0, 1, 2], [0, 1], [1, 3]], n_titles=4)


def fitted(**config: object) -> Markov:
    ids = IdMap([str(title) for title in range(4)])
    interactions = Interactions(WATCHED, IdMap(["a", "b", "c"]), ids)
    return Markov(shrinkage=1.0, **config).fit(interactions, worlds.bare(interactions))


def test_the_very_next_title_is_counted_and_divided_by_the_watches() -> None:
    model = fitted(nearest=1, farthest=1)
    asked = Histories.of([[1], [2, 0]], n_titles=4)
    # 0 was watched twice and 1 followed it twice; 1 was watched three times, then 2 and 3 once each.
    expected = [[0, 0, 1 / 4, 1 / 4], [0, 2 / 3, 0, 0]]
    np.testing.assert_allclose(model.score(asked), expected, rtol=1e-6)


def test_farther_transitions_count_less_and_older_entries_fade() -> None:
    model = fitted(nearest=1, farthest=2, fall=1.0, fade=0.5)
    asked = Histories.of([[0, 1]], n_titles=4)
    # From 1 as it is: 2 and 3 by 1/4; from 0 by half: 1 by 2/3, and 2, two places on, by 1/2/3.
    expected = [[0, 0.5 * 2 / 3, 1 / 4 + 0.5 * (1 / 2) / 3, 1 / 4]]
    np.testing.assert_allclose(model.score(asked), expected, rtol=1e-6)


def test_the_next_but_one_alone_is_asked_of_the_last_but_one_alone() -> None:
    model = fitted(nearest=2, farthest=2, fade=1.0, fall=0.0)
    asked = Histories.of([[0, 3]], n_titles=4)
    np.testing.assert_allclose(model.score(asked), [[0, 0, 1 / 3, 0]], rtol=1e-6)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ConfigError, match="farthest of at least nearest, which is 4"):
        Markov(nearest=4, farthest=3)

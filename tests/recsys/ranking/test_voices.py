"""One loud voice and many quiet ones are told apart."""

import numpy as np

from recsys.algorithms.markov import Markov
from recsys.interactions import Histories
from recsys.ranking.candidates import Candidates
from recsys.ranking.voices import voices
from tests import worlds

TOLD = np.array([[0, 0, 0, 8, 2], [0, 0, 0, 0, 2], [0, 0, 0, 0, 2]], np.float32)


class Telling(Markov):
    def voices(self, titles: np.ndarray) -> np.ndarray:
        return TOLD[titles]


def test_the_loudest_the_third_and_how_many_agree() -> None:
    histories = Histories.of([[0, 1, 2], [1]], n_titles=5)
    pairs = Candidates(
        viewers=np.array([0, 0, 1]),
        titles=np.array([3, 4, 4], np.int32),
        scores=np.zeros((3, 1), np.float32),
        ranks=np.zeros((3, 1), np.int32),
        proposed=np.ones((3, 1), bool),
    )
    found = voices(Telling(), histories, pairs)
    # Of ten places three are filled; the loudest voice of the first viewer is 8, of the second 2.
    expected = [[1, 0, 0.1], [2 / 8, 2 / 8, 0.3], [1, 0, 0.1]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_title_that_tells_nothing_says_nothing() -> None:
    interactions, titles = worlds.small_world()
    model = Markov(nearest=11, farthest=11).fit(interactions, titles)
    last = np.setdiff1d(np.arange(40), interactions.histories.titles[::12])
    assert not model.voices(last.astype(np.int32)).any()

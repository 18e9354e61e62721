"""What a watched title adds to a score, in worlds where it is arithmetic."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from recsys.additive import Additive
from recsys.algorithm import Algorithm
from recsys.algorithms import ALGORITHMS
from recsys.algorithms.als import ALS
from recsys.algorithms.content import Content
from recsys.algorithms.ease import EASE
from recsys.algorithms.item_knn import ItemKNN
from recsys.algorithms.markov import Markov
from recsys.errors import InputError, NotFittedError
from recsys.ids import IdMap
from recsys.interactions import Histories
from tests import worlds

HISTORY = Histories.of([[0, 1]], n_titles=4)


def given(model: Algorithm, **learned: object) -> Algorithm:
    """Return a model as if it had learned certain arrays over four titles."""
    model.title_ids_ = IdMap(worlds.names("t", 4))
    model.popularity_ = np.array([1.0, 0.5, 0.25, 0.125], np.float32)
    for name, value in learned.items():
        setattr(model, name, value)
    return model


def added(model: Algorithm, title: int, histories: Histories = HISTORY) -> list[float]:
    assert isinstance(model, Additive)
    made = model.contributions(histories, np.full(len(histories), title, np.int32))
    return [*made.entries.tolist(), *made.base.tolist()]


def test_all_that_are_sums_over_a_history_say_what_each_title_adds() -> None:
    silent = {name for name, kind in ALGORITHMS.items() if not issubclass(kind, Additive)}
    assert silent <= {"sequence", "random-features"}


def test_a_neighbour_adds_its_likeness_by_its_faded_weight() -> None:
    likeness = np.zeros((4, 4), np.float32)
    likeness[0, 2], likeness[1, 2] = 0.5, 0.25
    model = given(ItemKNN(fade=0.5), likeness_=sparse.csr_matrix(likeness))
    assert added(model, 2) == [0.5 * 0.5, 0.25, 0]
    weighed = replace(HISTORY, weights=np.array([1, 0], np.float32))  # the second turned down
    assert added(model, 2, weighed) == [0.5, 0, 0]  # which is no step back either


def test_a_title_that_took_no_part_in_ease_adds_nothing_and_is_added_to_by_none() -> None:
    weights = np.array([[0, 0.5], [0.25, 0]], np.float32)
    model = given(EASE(fade=0.5, floor=0.5), watched_=np.array([1, 2]), weights_=weights)
    # Title 1 fades to .5 + .5 * .5 one step back, title 0 is not among the watched.
    assert added(model, 2, Histories.of([[1, 0]], 4)) == [0.75 * 0.5, 0, 0]
    assert added(model, 3, Histories.of([[1, 0]], 4)) == [0, 0, 0]


def test_an_entry_out_of_reach_of_the_transitions_adds_nothing() -> None:
    model = given(
        Markov(nearest=1, farthest=1, fade=1.0), transitions_=sparse.csr_matrix(np.ones((4, 4)))
    )
    assert added(model, 2) == [0, 1, 0]


def test_a_mean_of_vectors_is_shared_by_its_titles() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0, 0]], np.float32)
    model = given(Content(fade=1.0), title_vectors_=vectors)
    np.testing.assert_allclose(added(model, 2), [0.6 / 2, 0.8 / 2, 0])


def test_the_fold_in_of_als_is_shared_as_its_inverse_says() -> None:
    # In one dimension: y = (1, 2, 3, 0), gram 1, so that (1 + l2 * 2 + 1 + 4) x = 1 + 2.
    vectors = np.array([[1], [2], [3], [0]], np.float32)
    one = np.ones((1, 1), np.float32)
    model = given(ALS(factors=1, l2=0.5, fade=1.0), title_vectors_=vectors, gram_=one, inverse_=one)
    np.testing.assert_allclose(added(model, 2), [3 * 1 / 7, 3 * 2 / 7, 0], rtol=1e-6)
    np.testing.assert_allclose(model.score(HISTORY)[0, 2], 9 / 7, rtol=1e-6)


def test_where_nothing_is_known_popularity_is_the_base() -> None:
    model = given(ItemKNN(), likeness_=sparse.csr_matrix((4, 4), dtype=np.float32))
    assert added(model, 1) == [0, 0, 0.5]  # of titles that say nothing
    assert added(model, 2, Histories.of([[]], 4)) == [0.25]
    assert added(model, 3, Histories.of([[-1]], 4)) == [0, 0.125]


@pytest.mark.parametrize("title", [-1, 4])
def test_a_title_outside_the_catalog_is_refused(title: int) -> None:
    model = given(ItemKNN(), likeness_=sparse.csr_matrix((4, 4), dtype=np.float32))
    with pytest.raises(InputError, match=rf"item-knn\.contributions.*0\.\.3, got {title}"):
        added(model, title)


def test_each_history_is_asked_for_one_title() -> None:
    model = given(ItemKNN(), likeness_=sparse.csr_matrix((4, 4), dtype=np.float32))
    with pytest.raises(InputError, match="a title for each of 1 histories"):
        model.contributions(HISTORY, np.array([1, 2], np.int32))
    with pytest.raises(NotFittedError):
        ItemKNN().contributions(HISTORY, np.array([1], np.int32))

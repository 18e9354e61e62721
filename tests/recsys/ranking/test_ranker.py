"""A ranker learns an order, several add their scores, and what is saved is what was learned."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.errors import InputError
from recsys.ranking.ranker import Lists, Ranker, RankerConfig

NAMES = ["good", "noise", "more"]
SMALL = RankerConfig(trees=10, least_trees=3, patience=5, least_pairs=5, columns=0.5)


def lists(seed: int, n_lists: int = 60, size: int = 10) -> Lists:
    """Return lists whose first column tells what was watched."""
    rng = np.random.default_rng(seed)
    columns = rng.random((n_lists * size, 3)).astype(np.float32)
    best = columns[:, 0].reshape(n_lists, size).argmax(axis=1)
    labels = np.zeros((n_lists, size), np.int32)
    labels[np.arange(n_lists), best] = 1
    return Lists(columns, labels.ravel(), np.full(n_lists, size))


def test_what_was_watched_comes_first() -> None:
    ranker, asked = Ranker.fit(lists(0), NAMES, SMALL), lists(1)
    first = ranker.predict(asked.columns).reshape(-1, 10).argmax(axis=1)
    assert (first == asked.labels.reshape(-1, 10).argmax(axis=1)).mean() > 0.7


def test_several_rankers_differ_and_are_added() -> None:
    asked = lists(1).columns
    one, three = (
        Ranker.fit(lists(0), NAMES, SMALL.model_copy(update={"rankers": count})).predict(asked)
        for count in (1, 3)
    )
    assert np.abs(three - 3 * one).max() > 1e-3
    assert np.corrcoef(three, one)[0, 1] > 0.9


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_saved_is_what_was_learned(count: int, tmp_path: Path) -> None:
    ranker = Ranker.fit(lists(0), NAMES, SMALL.model_copy(update={"rankers": count}), trees=4)
    ranker.save(tmp_path / "ranker.txt")
    loaded = Ranker.load(tmp_path / "ranker.txt")
    asked = lists(1).columns
    np.testing.assert_array_equal(loaded.predict(asked), ranker.predict(asked))
    assert loaded.trees == ranker.trees == 4
    loaded.check(NAMES)
    with pytest.raises(InputError, match="the columns"):
        loaded.check(NAMES[::-1])
    loaded.save(tmp_path / "again.txt")
    assert (tmp_path / "again.txt").read_bytes() == (tmp_path / "ranker.txt").read_bytes()


def test_validation_lists_stop_a_fit_at_a_number_of_trees_within_bounds() -> None:
    ranker = Ranker.fit(lists(0), NAMES, SMALL, validation=lists(1))
    assert SMALL.least_trees <= ranker.trees <= SMALL.trees


def test_columns_of_another_number_are_refused() -> None:
    with pytest.raises(InputError, match="3 columns"):
        Ranker.fit(lists(0), NAMES, SMALL).predict(np.zeros((1, 2), np.float32))


@pytest.mark.parametrize("count", [1, 2])
def test_shap_values_add_up_to_the_score(count: int) -> None:
    ranker = Ranker.fit(lists(0), NAMES, SMALL.model_copy(update={"rankers": count}))
    asked = lists(1).columns.copy()
    asked[::7, 1] = np.nan
    shares = ranker.contributions(asked)
    assert shares.shape == (len(asked), 4)
    np.testing.assert_allclose(shares.sum(axis=1), ranker.predict(asked), rtol=1e-5, atol=1e-6)
    # The first column alone tells what was watched.
    assert np.abs(shares[:, 0]).mean() > 5 * np.abs(shares[:, 1:3]).mean()
    assert ranker.contributions(asked[:0]).shape == (0, 4)
    with pytest.raises(InputError, match="3 columns, got 2"):
        ranker.contributions(asked[:, :2])


@pytest.mark.parametrize("nothing", [np.nan, 0.0])
def test_a_column_of_which_nothing_is_known_changes_nothing(nothing: float) -> None:
    # So data that knows no devices is ranked as if nobody had asked for them.
    told, asked = lists(0), lists(1).columns
    blank = np.full((len(told.columns), 1), nothing, np.float32)
    more = replace(told, columns=np.column_stack([told.columns, blank]))
    plain = Ranker.fit(told, NAMES, SMALL).predict(asked)
    for later in (nothing, 1.0):
        other = np.column_stack([asked, np.full(len(asked), later, np.float32)])
        ranker = Ranker.fit(more, [*NAMES, "device_lift"], SMALL)
        np.testing.assert_array_equal(ranker.predict(other), plain)

"""The central table becomes histories in time order, and nothing done to them changes others."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.interactions import Histories, Interactions
from recsys.schema import INTERACTIONS
from tests import worlds

batches = st.lists(st.lists(st.integers(-1, 6), max_size=5), max_size=6)


def lists(histories: Histories) -> list[list[int]]:
    return [part.tolist() for part in np.split(histories.titles, histories.offsets[1:-1])]


def table(**columns: list[object]) -> pa.Table:
    """Return viewer a's titles x, y and viewer b's title x, with some columns replaced."""
    day = datetime(2024, 1, 1, tzinfo=UTC)
    base: dict[str, list[object]] = {
        "pseudonym": ["a", "b", "a"],
        "title_id": ["y", "x", "x"],
        "weight": [1.0, 2.0, 3.0],
        "first_at": [day.replace(day=2), day, day],
        "last_at": [day.replace(day=2), day, day],
        "sequence": [1, 0, 0],
        "watched_portion": [0.5, None, 1.0],
        "region": ["DE", None, "DE"],
        "device_type": ["tv", None, "phone"],
    }
    return pa.table(base | columns, schema=INTERACTIONS)


def test_a_history_is_in_time_order_whatever_the_tables_order() -> None:
    interactions = Interactions.from_table(table())
    assert interactions.viewer_ids.values.tolist() == ["a", "b"]
    assert lists(interactions.histories) == [[0, 1], [0]]
    assert interactions.histories.weights.tolist() == [3, 1, 2]
    assert interactions.histories.regions.tolist() == ["DE", ""]
    np.testing.assert_array_equal(interactions.histories.watched_portion, [1, 0.5, np.nan])


def test_the_sequence_breaks_ties_of_time() -> None:
    same = [datetime(2024, 1, 1, tzinfo=UTC)] * 3
    interactions = Interactions.from_table(table(last_at=same, sequence=[0, 0, 1]))
    assert lists(interactions.histories)[0] == [1, 0]


def test_by_first_times_a_title_watched_again_was_known_before_it_was() -> None:
    day = datetime(2024, 1, 1, tzinfo=UTC)
    first, last = [day.replace(day=n) for n in (5, 1, 2)], [day.replace(day=n) for n in (5, 1, 9)]
    histories = Interactions.from_table(table(first_at=first, last_at=last)).histories
    cut = np.datetime64("2024-01-04", "s")
    assert lists(histories) == [[1, 0], [0]]
    assert lists(histories.before(cut)) == [[], [0]]
    assert lists(histories.by_first()) == [[0, 1], [0]]
    assert lists(histories.by_first().before(cut)) == [[0], [0]]
    assert histories.by_first().weights.tolist() == [3, 1, 2]


def test_rows_of_titles_outside_the_catalog_are_left_out() -> None:
    interactions = Interactions.from_table(table(), worlds.IdMap(["x", "z"]))
    assert lists(interactions.histories) == [[0], [0]]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"weight": [1.0, float("nan"), 1.0]}, "column weight, row 1.*got nan"),
        ({"weight": [1.0, 1.0, -2.0]}, "column weight, row 2.*got -2"),
        ({"weight": [1.0, 1.0, float("inf")]}, "column weight, row 2.*got inf"),
        ({"last_at": [None] * 3}, "column last_at.*got 3 empty"),
        ({"title_id": ["x", "x", "x"]}, "1 repeated pairs"),
    ],
)
def test_a_bad_table_is_refused(columns: dict[str, list[object]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Interactions.from_table(table(**columns))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match=r"none of \['weight'\]"):
        Interactions.from_table(table().drop_columns("weight"))


@given(batches, st.data())
def test_taking_viewers_takes_their_entries(batch: list[list[int]], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, max(len(batch) - 1, 0)), max_size=8 if batch else 0))
    taken = Histories.of(batch, 7).take(np.array(rows, np.int64))
    assert len(taken) == len(rows)
    assert [part for part, _ in zip(lists(taken), rows, strict=False)] == [batch[r] for r in rows]


@given(batches, st.integers(0, 4))
def test_the_last_n_are_the_ends_of_the_lists(batch: list[list[int]], n: int) -> None:
    last = Histories.of(batch, 7).last(n)
    assert last.lengths.tolist() == [min(len(one), n) for one in batch]
    assert last.titles.tolist() == [t for one in batch for t in (one[-n:] if n else [])]


@given(batches)
def test_known_drops_unknown_titles_alone(batch: list[list[int]]) -> None:
    known = Histories.of(batch, 7).known()
    assert known.lengths.tolist() == [sum(t >= 0 for t in one) for one in batch]
    assert known.titles.tolist() == [t for one in batch for t in one if t >= 0]


@given(batches)
def test_the_matrix_adds_repeats_up_and_leaves_the_histories_alone(batch: list[list[int]]) -> None:
    histories = Histories.of(batch, 7)
    expected = np.zeros((len(batch), 7))
    for row, one in enumerate(batch):
        for title in one:
            expected[row, title] += title >= 0
    np.testing.assert_array_equal(histories.to_csr().toarray(), expected)
    assert histories.titles.tolist() == [t for one in batch for t in one]


def test_a_matrix_does_not_reorder_the_history_it_came_from() -> None:
    histories = Histories.of([[5, 2, 4]], 7).faded(0.5)
    histories.to_csr()
    assert histories.titles.tolist() == [5, 2, 4]
    assert histories.weights.tolist() == [0.25, 0.5, 1]


def test_before_a_moment_means_strictly_earlier() -> None:
    histories = Histories.of([[5, 2, 4], [1]], 7)
    assert lists(histories.before(np.datetime64(1, "s"))) == [[5], [1]]
    each = np.array([2, 0], "datetime64[s]")
    assert lists(histories.before(each)) == [[5, 2], []]


def test_ageing_halves_a_weight_for_each_half_life() -> None:
    interactions = Interactions.from_table(
        worlds.interactions_table(
            np.array([0, 0, 1]), np.array([0, 1, 0]), days=np.array([0.0, 10.0, 20.0])
        )
    )
    assert interactions.histories.aged(10.0).weights.tolist() == [1 / 4, 1 / 2, 1]
    assert len(Histories.of([[]], 7).aged(10.0).weights) == 0


def test_single_is_one_history_for_each_title() -> None:
    assert lists(Histories.single(np.array([4, 0], np.int32), 7)) == [[4], [0]]

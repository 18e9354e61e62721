"""A split leaks nothing: what is learned from and what is known lies before what is to be found."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.interactions import Interactions
from recsys.schema import INTERACTIONS
from recsys.split import (
    Split,
    cut_at,
    global_time,
    leave_last_out,
    random_part,
    strong_generalisation,
)
from tests import worlds


def day(number: int) -> np.datetime64:
    return np.datetime64("2024-01-01T00:00:00") + np.timedelta64(number, "D")


def made(rows: list[tuple[int, int, int]]) -> Interactions:
    """Rows of viewer, title, day."""
    viewers, titles, days = np.array(rows).T
    table = worlds.interactions_table(viewers, titles, days=days.astype(float))
    return Interactions.from_table(table, worlds.id_map(10))


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 9), st.integers(0, 30)),
    min_size=2,
    unique_by=lambda row: row[:2],
)


def pairs(split: Split) -> set[tuple[str, int]]:
    owners = split.viewers[split.held_out.viewers]
    return set(zip(owners.tolist(), split.held_out.titles.tolist(), strict=True))


@given(ROWS, st.integers(1, 30))
def test_nothing_before_the_cut_is_asked_for_and_nothing_after_it_is_known(
    rows: list[tuple[int, int, int]], cut: int
) -> None:
    interactions = made(rows)
    try:
        split = global_time(interactions, day(cut))
    except InputError:
        assert all(r[2] < cut for r in rows) or all(r[2] >= cut for r in rows)
        return
    assert (split.train.histories.occurred_at < day(cut)).all()
    assert (split.histories.occurred_at < day(cut)).all()
    assert (split.held_out.occurred_at >= day(cut)).all()
    assert pairs(split) == {(f"v{v:03d}", t) for v, t, d in rows if d >= cut}
    assert (split.held_out.lengths > 0).all()


@given(ROWS, st.sampled_from(["test", "validation"]))
def test_the_last_title_is_held_out_and_later_ones_are_unknown(
    rows: list[tuple[int, int, int]], part: str
) -> None:
    interactions = made(rows)
    try:
        split = leave_last_out(interactions, part)
    except InputError:
        assert interactions.histories.lengths.max() < (2 if part == "test" else 3)
        return
    assert (split.held_out.lengths == 1).all()
    lasts = split.histories.occurred_at[split.histories.offsets[1:] - 1]
    assert (lasts <= split.held_out.occurred_at).all()
    back = 1 if part == "test" else 2
    whole = interactions.histories.lengths
    assert (split.histories.lengths == whole[whole > back] - back).all()
    known = {*zip(split.train.histories.viewers, split.train.histories.titles, strict=True)}
    asked = interactions.viewer_ids.internal(split.viewers)[split.held_out.viewers]
    assert not known & {*zip(asked, split.held_out.titles, strict=True)}


@given(ROWS, st.integers(0, 3))
def test_of_held_out_viewers_nothing_is_learned_and_the_first_part_is_given(
    rows: list[tuple[int, int, int]], seed: int
) -> None:
    interactions = made(rows)
    try:
        split = strong_generalisation(interactions, share=0.4, fold_in=0.5, seed=seed)
    except InputError:
        assert interactions.histories.lengths.max() < 2
        return
    learned = split.train.viewer_ids.external(np.unique(split.train.histories.viewers))
    assert not set(learned) & set(split.viewers)
    ends = split.histories.occurred_at[split.histories.offsets[1:] - 1]
    starts = split.held_out.occurred_at[split.held_out.offsets[:-1]]
    assert (ends <= starts).all()
    again = strong_generalisation(interactions, share=0.4, fold_in=0.5, seed=seed)
    assert pairs(again) == pairs(split)


@given(ROWS, st.integers(0, 3), st.sampled_from([0, 0.1, 0.5]))
def test_a_random_part_of_each_history_is_held_out_and_something_stays(
    rows: list[tuple[int, int, int]], seed: int, share: float
) -> None:
    interactions = made(rows)
    lengths = interactions.histories.lengths
    try:
        split = random_part(interactions, share=share, seed=seed)
    except InputError:
        assert lengths.max() < 2
        return
    able = lengths[lengths >= 2]
    wanted = np.clip(np.rint(able * share), 1, able - 1)
    assert split.held_out.lengths.tolist() == wanted.tolist()
    assert (split.histories.lengths == able - wanted).all()
    known = {*zip(split.train.histories.viewers, split.train.histories.titles, strict=True)}
    asked = interactions.viewer_ids.internal(split.viewers)[split.held_out.viewers]
    assert not known & {*zip(asked, split.held_out.titles, strict=True)}
    assert len(known) + wanted.sum() == len(rows)
    assert pairs(random_part(interactions, share=share, seed=seed)) == pairs(split)


def test_each_title_is_held_out_as_often_as_any_other() -> None:
    """400 viewers of 4 titles hold out one each: 100 a title, give or take 4 deviations of 8.7."""
    split = random_part(made([(v, t, t) for v in range(400) for t in range(4)]), share=0)
    counts = np.bincount(split.held_out.titles, minlength=4)
    assert counts.sum() == 400
    assert (np.abs(counts - 100) < 35).all()


def test_a_random_fold_in_gives_as_much_as_the_earliest_one_but_other_titles() -> None:
    interactions = made([(v, t, t) for v in range(7) for t in range(10)])
    early = strong_generalisation(interactions, share=0.5)
    drawn = strong_generalisation(interactions, share=0.5, order="random")
    assert early.viewers.tolist() == drawn.viewers.tolist()
    assert drawn.held_out.lengths.tolist() == [2, 2, 2]
    assert early.held_out.titles.tolist() == [8, 9] * 3
    assert drawn.held_out.titles.tolist() != [8, 9] * 3


def test_a_share_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="random_part, share: expected a number"):
        random_part(made([(0, 1, 1), (0, 2, 2)]), share=1.0)


def test_a_viewer_who_is_new_is_asked_with_an_empty_history() -> None:
    split = global_time(made([(0, 1, 1), (0, 2, 9), (1, 3, 9)]), day(5))
    assert split.viewers.tolist() == ["v000", "v001"]
    assert split.histories.lengths.tolist() == [1, 0]
    assert split.held_out.titles.tolist() == [2, 3]


def test_what_was_watched_before_and_again_after_the_cut_is_not_new() -> None:
    """The whole table knows only the last time, so what was known is given beside it."""
    whole = made([(0, 1, 9), (0, 2, 9), (1, 1, 2)])
    known = made([(0, 1, 1), (1, 1, 2)])
    split = global_time(whole, day(5), known=known)
    assert split.held_out.titles.tolist() == [2]
    assert split.histories.titles.tolist() == [1]
    assert split.train is known


def test_what_was_turned_down_is_not_relevant() -> None:
    table = worlds.interactions_table(
        np.array([0, 0, 0]), np.array([0, 1, 2]), weights=np.array([1, 0, 1], np.float32)
    )
    split = global_time(Interactions.from_table(table), day(1))
    assert split.held_out.titles.tolist() == [2]


def test_known_interactions_that_reach_past_the_cut_are_refused() -> None:
    whole = made([(0, 1, 1), (0, 2, 9)])
    with pytest.raises(InputError, match="nothing from"):
        global_time(whole, day(5), known=whole)


def test_a_datetime_cuts_as_its_moment() -> None:
    interactions = made([(0, 1, 1), (0, 2, 9)])
    split = global_time(interactions, datetime(2024, 1, 6, tzinfo=UTC))
    assert split.moment == day(5)


def test_the_default_cut_leaves_its_share_after_it() -> None:
    interactions = made([(v, t, 3 * v + t) for v in range(5) for t in range(4)])
    after = interactions.histories.occurred_at >= cut_at(interactions, 0.1)
    assert after.sum() == 2
    with pytest.raises(InputError, match="share between 0 and 1"):
        cut_at(interactions, 1.0)


def test_viewers_with_one_title_are_learned_from_and_not_asked() -> None:
    split = leave_last_out(made([(0, 1, 1), (1, 2, 2), (1, 3, 3)]))
    assert split.viewers.tolist() == ["v001"]
    assert sorted(split.train.histories.titles.tolist()) == [1, 2]


def test_the_last_titles_of_movielens_are_the_published_test_set(real_data: Path) -> None:
    table = pq.read_table(real_data / "ml-1m" / "sequences.parquet")
    place = table["position"].to_numpy()
    columns = {
        "pseudonym": table["user_id"].cast(pa.string()),
        "title_id": table["movie_id"].cast(pa.string()),
        "weight": np.ones(len(table), np.float32),
        "first_at": pa.array(place.astype("datetime64[s]")),
        "last_at": pa.array(place.astype("datetime64[s]")),
        "sequence": place.astype(np.int32),
        "watched_portion": np.ones(len(table), np.float32),
        "region": pa.nulls(len(table), pa.string()),
        "device_type": pa.nulls(len(table), pa.string()),
    }
    interactions = Interactions.from_table(pa.table(columns).cast(INTERACTIONS))
    split = leave_last_out(interactions)
    titles = interactions.title_ids.external(split.held_out.titles)
    lines = [f"{v} {t}" for v, t in sorted(zip(map(int, split.viewers), titles, strict=True))]
    assert (
        hashlib.sha256("\n".join(lines).encode()).hexdigest()
        == "68cf72eee938068011b4c0f39c78f8c3514b9f6964e6e7218b0914e8db47d279"
    )

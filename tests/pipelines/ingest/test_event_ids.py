"""What the ids of events are asked: are they UUIDs, and were they seen."""

from __future__ import annotations

import re
import uuid

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.event_ids import UUID, Seen, are_uuids

RIGHT = str(uuid.UUID(int=15))
TEXT = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda one: str(one).upper()),
    st.text(st.sampled_from("0123456789abcdefABCDEFgG@`/:-é"), min_size=35, max_size=37),
)


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_ids_are_uuids_where_the_pattern_says_so(ids: list[str]) -> None:
    assert are_uuids(pa.chunked_array([ids])) == all(re.match(UUID, one) for one in ids)


@pytest.mark.parametrize("character", [*"gG@`/:-", "\x00", "\x7f"])
@pytest.mark.parametrize("place", [0, 7, 8, 23, 35])
def test_no_other_character_is_let_through(character: str, place: int) -> None:
    text = RIGHT[:place] + character + RIGHT[place + 1 :]
    assert are_uuids(pa.chunked_array([[RIGHT, text]])) == (character == RIGHT[place])


def test_a_missing_id_is_none_and_slices_are_read_where_they_begin() -> None:
    assert not are_uuids(pa.chunked_array([[RIGHT, None]]))
    sliced = pa.chunked_array([pa.array(["no id", RIGHT])]).slice(1)
    assert are_uuids(sliced)
    seen = Seen()
    assert seen.fresh(sliced).tolist() == [True]
    assert seen.fresh(pa.chunked_array([[RIGHT]])).tolist() == [False]


# Few ids, so that many come again; they differ in the upper half, in the lower, or in both.
FEW = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(
    lambda halves: str(uuid.UUID(int=(halves[0] << 64) + halves[1]))
)


@given(st.lists(st.lists(FEW, max_size=12), max_size=12))
def test_an_id_is_fresh_the_first_time_it_comes(batches: list[list[str]]) -> None:
    seen, before = Seen(), set[str]()
    for batch in batches:
        fresh = []
        for one in batch:
            fresh.append(one not in before)
            before.add(one)
        assert seen.fresh(pa.chunked_array([batch], pa.string())).tolist() == fresh


@given(st.uuids(), st.integers(0, 127))
def test_ids_that_differ_in_one_bit_are_two(one: uuid.UUID, bit: int) -> None:
    other = uuid.UUID(int=one.int ^ 1 << bit)
    assert Seen().fresh(pa.chunked_array([[str(one), str(other)]])).all()

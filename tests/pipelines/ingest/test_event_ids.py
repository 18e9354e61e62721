"""What the ids of events are asked: are they UUIDs, and were they seen."""

from __future__ import annotations

import re
import uuid

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.event_ids import UUID, Seen, are_uuids, sums

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
    assert sums(sliced) == sums(pa.chunked_array([[RIGHT]]))


@given(st.lists(st.lists(st.integers(0, 50), max_size=12), max_size=12))
def test_what_was_added_is_seen_and_nothing_else(batches: list[list[int]]) -> None:
    seen, before = Seen(), set[int]()
    for batch in batches:
        marks = np.array(batch, np.uint64)
        assert seen.among(marks).tolist() == [mark in before for mark in batch]
        seen.add(marks)
        before |= set(batch)

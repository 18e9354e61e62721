"""Outside ids and row numbers cross one border, and come back as they went."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import InputError
from recsys.ids import IdMap

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.sets(texts))
def test_there_and_back(externals: set[str]) -> None:
    ids = IdMap(externals)
    rows = ids.internal(sorted(externals))
    assert sorted(rows.tolist()) == list(range(len(externals)))
    assert ids.external(rows).tolist() == sorted(externals)


@given(st.lists(texts))
def test_neither_order_nor_repetition_changes_the_numbers(externals: list[str]) -> None:
    assert IdMap(externals) == IdMap([*reversed(externals), *externals])


def test_an_id_that_is_not_in_the_set_is_unknown() -> None:
    ids = IdMap(["b", "a"])
    assert ids.internal(["a", "c", "b"]).tolist() == [0, -1, 1]
    assert "a" in ids
    assert "c" not in ids


@pytest.mark.parametrize("row", [-1, 2])
def test_a_row_outside_is_refused(row: int) -> None:
    with pytest.raises(InputError, match=rf"internal ids in 0\.\.1, got {row}"):
        IdMap(["a", "b"]).external([0, row])


def test_nothing_maps_to_nothing() -> None:
    ids = IdMap([])
    assert len(ids) == 0
    assert ids.internal(["a"]).tolist() == [-1]
    assert ids.external(np.empty(0, np.int32)).tolist() == []

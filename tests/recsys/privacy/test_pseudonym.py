"""Stand-ins are equal where ids are, and say nothing else."""

import os
import stat
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import PrivacyError
from recsys.privacy.pseudonym import Kind, load_key, pseudonyms

KEY = bytes(range(32))
ids = st.lists(st.text(max_size=12), max_size=30)


@given(ids)
def test_stand_ins_are_equal_exactly_where_ids_are(raw: list[str]) -> None:
    stand_ins = pseudonyms(pa.array(raw, pa.string()), KEY, Kind.VIEWER).to_pylist()
    assert len(set(zip(raw, stand_ins, strict=True))) == len(set(raw)) == len(set(stand_ins))


@given(ids)
def test_the_same_id_of_another_kind_has_another_stand_in(raw: list[str]) -> None:
    column = pa.array(raw, pa.string())
    made = [set(pseudonyms(column, KEY, kind).to_pylist()) for kind in Kind]
    assert len(set.union(*made)) == len(Kind) * len(set(raw))


def test_another_key_gives_other_stand_ins() -> None:
    column = pa.array(["ann", "bob"])
    one, other = (pseudonyms(column, key, Kind.VIEWER).to_pylist() for key in (KEY, bytes(32)))
    assert set(one) & set(other) == set()


def test_no_id_has_no_stand_in_and_chunks_make_no_difference() -> None:
    chunked = pa.chunked_array([["ann", None], ["bob", "ann"]])
    whole = pseudonyms(chunked.combine_chunks(), KEY, Kind.SESSION)
    assert pseudonyms(chunked, KEY, Kind.SESSION).equals(whole)
    assert whole.to_pylist()[1] is None


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key" / "pseudonym.key"
    key = load_key(path)
    assert len(key) == 32
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_key_is_on_the_disk_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    path = tmp_path / "key" / "pseudonym.key"
    load_key(path)
    assert synced == [path.stat().st_ino, path.parent.stat().st_ino]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "pseudonym.key"
    load_key(path)
    path.chmod(mode)
    with pytest.raises(PrivacyError, match="0600"):
        load_key(path)


def test_a_damaged_key_is_refused_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    path.touch(mode=0o600)
    path.write_text("abc")
    with pytest.raises(PrivacyError, match="64 hexadecimal digits"):
        load_key(path)
    assert path.read_text() == "abc"

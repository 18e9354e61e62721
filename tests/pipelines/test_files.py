"""Files appear whole or not at all; a lock has one holder; a fingerprint is of content."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import files
from recsys.errors import BusyError, InputError


def test_a_file_is_replaced_when_all_went_well(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    for text in ("one", "two"):
        with files.atomic_file(target) as beside:
            beside.write_text(text)
        assert target.read_text() == text
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), files.atomic_file(target) as beside:
        beside.write_text("half" * (1 // 0))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "old"}


@pytest.mark.parametrize("in_one_call", [True, False])
def test_a_directory_is_replaced_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, in_one_call: bool
) -> None:
    if not in_one_call:  # as on a system without that call
        monkeypatch.setattr(files, "_exchange", lambda *_: False)
    target = tmp_path / "folder"
    for name in ("one", "two"):
        with files.atomic_directory(target) as beside:
            (beside / name).write_text(name)
        assert [path.name for path in target.iterdir()] == [name]
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_failure_leaves_the_old_directory(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    with files.atomic_directory(target) as beside:
        (beside / "old").touch()
    with pytest.raises(ZeroDivisionError), files.atomic_directory(target) as beside:
        (beside / "half").mkdir(mode=1 // 0)
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*"))] == [
        "folder",
        "folder/old",
    ]


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".lake.a1.part", ".lakeside.a1.part", "lake"):
        (tmp_path / name).mkdir()
    files.remove_leftovers(tmp_path / "lake")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lakeside.a1.part", "lake"]


def test_a_lock_has_one_holder_and_is_let_go(tmp_path: Path) -> None:
    with files.lock(tmp_path / "lock"), pytest.raises(BusyError), files.lock(tmp_path / "lock"):
        pass
    with files.lock(tmp_path / "lock"):
        pass


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_fingerprints_are_equal_exactly_where_content_is(one: bytes, other: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        for folder, content in (("a", one), ("b", other)):
            (Path(name) / folder / "data").mkdir(parents=True)
            (Path(name) / folder / "data" / "file").write_bytes(content)
        prints = [files.fingerprint([Path(name) / folder / "data"]) for folder in "ab"]
    assert (prints[0] == prints[1]) == (one == other)


def test_a_fingerprint_knows_names_and_facts(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    before = files.fingerprint([tmp_path], 1)
    assert files.fingerprint([tmp_path], 2) != before
    (tmp_path / "a").rename(tmp_path / "b")
    assert files.fingerprint([tmp_path], 1) != before


def test_a_fingerprint_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        files.fingerprint([tmp_path / "missing"])


def test_a_sweep_takes_what_killed_writers_left_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "reports" / "shared" / ".old.x1.part").mkdir(parents=True)
    (tmp_path / "reports" / ".night.html.8f.part").write_text("half")
    (tmp_path / "reports" / "night.html").write_text("whole")
    files.sweep(tmp_path / "reports")
    files.sweep(tmp_path / "nowhere")
    assert sorted(path.name for path in (tmp_path / "reports").rglob("*")) == [
        "night.html",
        "shared",
    ]

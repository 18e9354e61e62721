"""A cursor opens for its viewer alone, for a day, and nobody can write one."""

import time
from pathlib import Path

import pytest

from recsys.errors import ConfigError, CursorError
from serving.cursors import LASTS_SECONDS, Cursors

LEFT = {"left": [{"rowId": "new", "items": [1, 2, 3]}]}


@pytest.fixture
def cursors(tmp_path: Path) -> Cursors:
    return Cursors.of(tmp_path / "cursor.key")


def test_what_was_sealed_comes_out(cursors: Cursors) -> None:
    assert cursors.open("ann", cursors.seal("ann", LEFT)) == LEFT


def test_all_replicas_of_a_store_open_each_others(tmp_path: Path) -> None:
    one, other = (Cursors.of(tmp_path / "store" / "cursor.key") for _ in range(2))
    assert other.open("ann", one.seal("ann", LEFT)) == LEFT
    assert (tmp_path / "store" / "cursor.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("foreign", ["", "x", "AAAA", "né", "a" * 500, "....", "=" * 9])
def test_what_is_none_of_ours_is_refused(cursors: Cursors, foreign: str) -> None:
    with pytest.raises(CursorError, match="cursor: expected a `nextCursor`"):
        cursors.open("ann", foreign)


def test_a_cursor_of_another_key_or_with_a_letter_changed_is_refused(
    cursors: Cursors, tmp_path: Path
) -> None:
    other = Cursors.of(tmp_path / "other.key").seal("ann", LEFT)
    mine = cursors.seal("ann", LEFT)
    forged = mine[:-5] + ("A" if mine[-5] != "A" else "B") + mine[-4:]
    for cursor in (other, forged):
        with pytest.raises(CursorError, match="nextCursor"):
            cursors.open("ann", cursor)


def test_it_is_its_viewers_alone(cursors: Cursors) -> None:
    with pytest.raises(CursorError, match="a cursor of this viewer, got another's"):
        cursors.open("bo", cursors.seal("ann", LEFT))


def test_it_lasts_for_a_day(cursors: Cursors, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = cursors.seal("ann", LEFT)
    later = time.time() + LASTS_SECONDS + 2
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(CursorError, match="a cursor of the last day"):
        cursors.open("ann", cursor)


def test_a_key_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="a file with a key"):
        Cursors.of(tmp_path / "file" / "cursor.key")


def test_a_key_that_is_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cursor.key").write_bytes(b"")
    with pytest.raises(ConfigError, match="a key of 32 bytes, got 0 bytes"):
        Cursors.of(tmp_path / "cursor.key")

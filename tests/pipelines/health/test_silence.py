"""A database from which nothing has come for long is told of, and a store without one is not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.collect import Mark
from pipelines.health import whole
from tests.pipelines.health.stores import POLICY

NOW = datetime(2026, 6, 25, 3, tzinfo=UTC)


def status(store: Path) -> str:
    assert POLICY.silence is not None
    return whole.silence(store, POLICY.silence, NOW).status


def test_long_silence_is_told(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    path = tmp_path / "raw" / "collected.json"
    Mark(str(NOW - timedelta(hours=35)), 1).write(path)
    assert status(tmp_path) == "passed"
    Mark(str(NOW - timedelta(hours=37)), 1).write(path)
    assert status(tmp_path) == "warned"


def test_a_database_says_moments_in_its_own_way(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    Mark("2026-06-24 20:11:05.5+00", 1).write(tmp_path / "raw" / "collected.json")
    assert status(tmp_path) == "passed"


def test_a_store_that_nothing_was_collected_into_is_silent_for_ever(tmp_path: Path) -> None:
    assert status(tmp_path) == "not judged"

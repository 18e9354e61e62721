"""The registry switches by one rename, goes back by its history, and keeps what may be needed."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.files import lock
from pipelines.registry import ABANDONED_SECONDS, Registry
from recsys.bundle import Bundle, write
from recsys.cli import build
from recsys.errors import BundleError, BusyError, ConfigError

START = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Its bundles hold no model: what is tested here is the switching."""
    return Registry(tmp_path, check=bool)


def bundle(registry: Registry, day: int) -> Bundle:
    def fill(directory: Path) -> None:
        (directory / "weights").write_text(f"learned on day {day}")

    return write(
        registry.bundles_path,
        fill,
        model="ease",
        trained_until=START + timedelta(days=day),
        metrics={},
    )


def test_an_empty_registry_has_no_champion_and_no_bundles(registry: Registry) -> None:
    assert registry.champion() is None
    assert registry.bundles() == []


def test_the_promoted_bundle_is_the_champion(registry: Registry) -> None:
    first, second = bundle(registry, 1), bundle(registry, 2)
    registry.promote(first.id)
    registry.promote(second.id[:9])
    assert registry.champion() == second
    assert (registry.root / "champion").readlink() == Path("bundles") / second.id


def test_a_registry_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (given := tmp_path / "registry").write_text("")
    listed = CliRunner().invoke(build(), ["bundle", "list", "--registry", str(given)])
    assert isinstance(listed.exception, ConfigError)
    assert "expected a folder, got a file" in str(listed.exception)


def test_a_list_of_no_bundles_says_where_it_looked(tmp_path: Path) -> None:
    listed = CliRunner().invoke(build(), ["bundle", "list", "--registry", str(tmp_path)])
    assert listed.exit_code == 0
    assert listed.stderr == f"no bundle in {tmp_path}\n"


def test_bundles_are_listed_newest_first(registry: Registry) -> None:
    made = [bundle(registry, day) for day in (2, 3, 1)]
    assert registry.bundles() == [made[1], made[0], made[2]]


def test_promoting_the_champion_again_is_no_switch(registry: Registry) -> None:
    one = bundle(registry, 1)
    registry.promote(one.id)
    registry.promote(one.id)
    assert len(registry.history()) == 1


def test_a_rollback_goes_back_one_step_each_time(registry: Registry) -> None:
    made = [bundle(registry, day) for day in range(3)]
    for one in made:
        registry.promote(one.id)
    assert registry.rollback() == made[1]
    assert registry.rollback() == made[0]
    with pytest.raises(BundleError, match="served before the champion, got none"):
        registry.rollback()
    assert registry.champion() == made[0]


def test_after_a_rollback_a_new_champion_goes_back_to_the_one_that_served(
    registry: Registry,
) -> None:
    made = [bundle(registry, day) for day in range(3)]
    registry.promote(made[0].id)
    registry.promote(made[1].id)
    registry.rollback()
    registry.promote(made[2].id)
    assert registry.rollback() == made[0]


def test_a_damaged_bundle_is_not_promoted_and_the_champion_stays(registry: Registry) -> None:
    good, bad = bundle(registry, 1), bundle(registry, 2)
    registry.promote(good.id)
    (bad.path / "weights").write_text("learned on day 3")
    with pytest.raises(BundleError, match="SHA-256"):
        registry.promote(bad.id)
    assert registry.champion() == good
    assert len(registry.history()) == 1


def test_what_no_replica_could_serve_is_neither_promoted_nor_rolled_back_to(
    registry: Registry,
) -> None:
    unservable, good, other = (bundle(registry, day) for day in range(3))
    registry.promote(unservable.id)
    registry.promote(good.id)
    asking = Registry(registry.root)
    for switch in (lambda: asking.promote(other.id), asking.rollback):
        with pytest.raises(BundleError, match="expected a bundle that a replica can serve"):
            switch()
    assert registry.champion() == good
    assert len(registry.history()) == 2


@pytest.mark.parametrize("prefix", ["", "zz", "../champion"])
def test_an_unknown_bundle_is_refused_with_those_there_are(registry: Registry, prefix: str) -> None:
    known = bundle(registry, 1)
    with pytest.raises(BundleError, match=known.id):
        registry.promote(prefix)


def test_while_one_process_switches_another_is_refused(registry: Registry) -> None:
    one = bundle(registry, 1)
    with lock(registry.root / ".lock"), pytest.raises(BusyError):
        registry.promote(one.id)
    assert registry.champion_id() is None


def test_a_switch_that_was_written_but_did_not_happen_is_forgotten(registry: Registry) -> None:
    first, second, third = (bundle(registry, day) for day in range(3))
    registry.promote(first.id)
    registry.promote(second.id)
    registry._record("promote", third.id)  # and then the process died
    assert registry.rollback() == first


def test_retention_keeps_the_newest_the_champion_and_the_one_before(registry: Registry) -> None:
    made = [bundle(registry, day) for day in range(6)]
    registry.promote(made[0].id)
    registry.promote(made[1].id)
    assert registry.retain(keep=2) == [made[3].id, made[2].id]
    assert {one.id for one in registry.bundles()} == {made[n].id for n in (0, 1, 4, 5)}


def test_retention_sweeps_what_a_killed_writer_left_but_not_a_living_one(
    registry: Registry,
) -> None:
    bundle(registry, 1)
    dead, living = (registry.bundles_path / f".partial-{name}" for name in ("dead", "living"))
    dead.mkdir()
    living.mkdir()
    long_ago = time.time() - 2 * ABANDONED_SECONDS
    os.utime(dead, (long_ago, long_ago))
    registry.retain()
    assert (dead.exists(), living.exists()) == (False, True)


SWITCHER = """
import itertools, sys
from pathlib import Path
from pipelines.registry import Registry
registry = Registry(Path(sys.argv[1]), check=bool)
print("ready", flush=True)
for one in itertools.cycle(sys.argv[2:]):
    registry.promote(one)
"""


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_champion(registry: Registry) -> None:
    made = [bundle(registry, day) for day in range(2)]
    registry.promote(made[1].id)
    registry.promote(made[0].id)
    for milliseconds in (0, 7, 15):
        process = subprocess.Popen(
            [sys.executable, "-c", SWITCHER, str(registry.root), *(one.id for one in made)],
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(milliseconds / 1000)
            process.send_signal(signal.SIGKILL)
        assert registry.champion() in made
        registry.rollback()
        assert registry.champion() in made
        registry.promote(made[0].id)
        registry.promote(made[1].id)

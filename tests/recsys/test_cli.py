"""The one program: every room's commands are there, help is help, a mistake is one line and exit code 2."""

import subprocess
import sys
from pathlib import Path

import pytest

RECSYS = Path(sys.executable).with_name("recsys")
COMMANDS = (
    "benchmark",
    "bundle",
    "demo",
    "evaluate",
    "ingest",
    "nightly",
    "serve",
    "train",
    "tune",
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [RECSYS, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_program_lists_every_command() -> None:
    shown = run("--help").stdout
    assert [name for name in COMMANDS if name not in shown] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    answer = run(command, "--help")
    assert answer.returncode == 0
    assert f"recsys {command}" in answer.stdout


def test_a_path_that_is_not_there_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    answer = run("ingest", str(tmp_path / "nothing"), "--store", str(tmp_path / "store"))
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
    said = answer.stderr.strip().splitlines()[-1]  # a progress bar may come before it
    assert "recsys:" in said
    assert "nothing" in said
    assert not (tmp_path / "store").exists()

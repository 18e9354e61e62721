"""Whatever is wrong with a file, a folder or a setting: one line that names it, exit code 2, nothing written."""

import shutil
import socket
import sys
from pathlib import Path

import pytest

from pipelines.anonymise import anonymise
from pipelines.build import build as build_interactions
from pipelines.ingest import ingest
from recsys.cli import DEBUG, main
from recsys.privacy.policy import Policy
from tests.pipelines.events import content as whole
from tests.pipelines.events import event, write_catalog, write_lines

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "data" / "privacy.toml"
HERE = "{}"
"""Stands for the folder of the test."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with events ``in``, a ``store`` that has been as far as built, and a ``registry``."""
    folder = tmp_path_factory.mktemp("made")
    write_catalog(folder / "in")
    rows = [event(n, occurred_at=f"2026-05-{n % 20 + 1:02}T10:00:00Z") for n in range(400)]
    write_lines(folder / "in" / "events.jsonl", rows)
    ingest(folder / "in", folder / "store")
    anonymise(folder / "store", Policy.read(POLICY))
    build_interactions(folder / "store")
    (folder / "registry").mkdir()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "all")
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv(DEBUG, raising=False)
    monkeypatch.setenv("RECSYS_STORE", str(tmp_path / "all" / "store"))
    monkeypatch.setenv("RECSYS_REGISTRY", str(tmp_path / "all" / "registry"))
    return tmp_path / "all"


def garble(path: Path) -> None:
    path.write_bytes(b"not what it was")


def run(arguments: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    words = [word.replace(HERE, str(folder)) for word in arguments.split()]
    monkeypatch.setattr(sys, "argv", ["recsys", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


DAMAGED: list[tuple[str, str, str]] = [
    ("raw/events/day=2026-05-01/part-00000.parquet", "nightly", "ingest again"),
    ("raw/events/day=2026-05-01/part-00000.parquet", "ingest {}/in", "ingest again"),
    ("raw/titles.parquet", "ingest {}/in", "ingest again"),
    ("raw/titles.parquet", "nightly", "ingest again"),
    ("raw/viewers.parquet", "nightly", "ingest again"),
    ("lake/titles.parquet", "evaluate --model ease --no-track", "recsys nightly"),
    ("lake/titles.parquet", "train --model ease", "recsys nightly"),
    ("lake/events/day=2026-05-01/part-0.parquet", "train --model ease", "recsys nightly"),
    ("built/moments.json", "evaluate --model ease --no-track", "recsys nightly"),
    ("built/known.parquet", "evaluate --model ease --no-track", "recsys nightly"),
    ("../registry/history.jsonl", "bundle rollback", "Remove it"),
]


@pytest.mark.parametrize(("name", "command", "hint"), DAMAGED)
def test_a_damaged_file_is_named_with_what_to_do(
    folder: Path, name: str, command: str, hint: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = folder / "store" / name
    garble(path)
    assert run(command, folder, monkeypatch) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    line = next(line for line in said.splitlines() if line.startswith("recsys:"))
    assert Path(name).name in line
    assert hint in line
    assert path.read_bytes() == b"not what it was"


@pytest.mark.parametrize("said", ["{}", "[]", '{"until": "never", "cut": 3}'])
def test_moments_that_are_none_are_told(
    folder: Path, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "store" / "built" / "moments.json").write_text(said)
    assert run("evaluate --model ease --no-track", folder, monkeypatch) == 2
    assert "moments.json: expected the moments" in capsys.readouterr().err


def content(folder: Path) -> dict[str, bytes]:
    """Return all files but the empty ones that a lock is held by."""
    return {name: data for name, data in whole(folder).items() if not name.endswith(".lock")}


WRONG: list[tuple[str, str]] = [
    ("ingest {}/in --store {}/in/events.jsonl", "expected a folder, got a file"),
    ("ingest {}/in --store {}/new --json {}/in/events.jsonl/x.json", "--json: expected a file"),
    ("nightly --json {}/in", "--json: expected a file"),
    ("evaluate --model ease --no-track --days 99999999", "--days: expected at most 19 days"),
    ("evaluate --model ease --no-track --days 20", "--days: expected at most 19 days"),
    ("evaluate --model ease --no-track --days 0", "--days: expected at least 1 day"),
    ("ingest {}/[/x]", "/[/x]: expected"),
    ("ingest {}/[red]", "[red]: expected"),
    ("nightly --store {}/mistyped", "recsys ingest"),
    ("serve --host 192.0.2.1", "192.0.2.1:8000: expected"),
]


@pytest.mark.parametrize(("command", "expected"), WRONG)
def test_a_wrong_setting_is_one_line_and_nothing_is_written(
    folder: Path, command: str, expected: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    before = content(folder)
    assert run(command, folder, monkeypatch) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert "Traceback" not in said
    assert content(folder) == before


def test_a_policy_that_is_a_folder_is_refused_before_anything_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(folder)
    monkeypatch.setenv("RECSYS_PRIVACY_POLICY", "/etc")
    assert run("nightly", folder, monkeypatch) == 2
    assert "/etc: expected a privacy policy" in capsys.readouterr().err
    assert content(folder) == before


def test_a_port_in_use_is_no_decision_of_the_gate(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run(f"serve --port {port}", folder, monkeypatch) == 2
    assert f"127.0.0.1:{port}: expected" in capsys.readouterr().err
    assert not (folder / "store" / "postgres").exists()


def test_what_no_reader_foresaw_is_one_line_too_and_says_how_to_see_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = "ingest {}/in --store {}/in/events.jsonl/store"
    assert run(command, folder, monkeypatch) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("recsys: NotADirectoryError: ")
    assert said.endswith("RECSYS_DEBUG=1 shows where it came from")
    monkeypatch.setenv(DEBUG, "1")
    assert run(command, folder, monkeypatch) == 2
    assert "Traceback" in capsys.readouterr().err

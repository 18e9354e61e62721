"""``docs/api.md`` tells of every call and of no other, and its lines do what it says.

The lines find the ids that they need by asking, so they run as they stand in any world. Only the address is another here,
``data/demo`` is a store of the small world, and ``curl`` is ``tests/serving/curl.py``.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from recsys.settings import Settings
from serving.app import create_app
from tests.serving import curl
from tests.serving.conftest import serving
from tests.serving.document import blocks, calls, everywhere, script
from tests.serving.stranger import operations

WHOLE = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:9/nothing")).openapi()
CALLS = list(operations(WHOLE))


def test_every_call_has_a_section_and_every_section_a_call() -> None:
    assert Counter(calls()) == Counter(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_every_status_of_a_call_is_told_and_no_other(call: str) -> None:
    method, path = call.split(" ")
    answers = set(WHOLE["paths"][path][method]["responses"])
    told = {
        status
        for block in blocks()
        if block.section == f"{method.upper()} {path}"
        for status in block.told
    }
    assert told <= answers
    assert answers <= told | everywhere()


@dataclass(frozen=True)
class Ran:
    """How the document went when it was typed in."""

    calls: list[dict[str, str]]
    done: subprocess.CompletedProcess[str]


@pytest.fixture
def home(store: Path, tmp_path: Path) -> Path:
    """A folder like the repository's after ``make demo``, with a store of its own, since staff change it."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    shutil.copytree(store, tmp_path / "data" / "demo", ignore=shutil.ignore_patterns("catalog"))
    (programs := tmp_path / "programs").mkdir()
    (programs / "curl").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{curl.__file__}" "$@"\n')
    (programs / "curl").chmod(0o755)
    (programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python3").chmod(0o755)
    return tmp_path


@pytest.fixture
def replica(home: Path, registry: Path, new_database: Callable[[], str]) -> Iterator[httpx.Client]:
    """A replica as the demo runs it; a busy machine leaves nothing out of a page."""
    settings = Settings(
        store=home / "data" / "demo",
        registry=registry,
        database_url=new_database(),
        deadline_ms=60_000,
    )
    with serving(settings, show_viewers=True) as client:
        yield client


@pytest.fixture
def ran(replica: httpx.Client, home: Path) -> Ran:
    (notes := home / "calls").touch()
    ours = {name: said for name, said in os.environ.items() if not name.startswith("RECSYS_")}
    path = f"{home / 'programs'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script(str(replica.base_url).rstrip("/"))],
        cwd=home,
        env=ours | {"PATH": path, "CALLS": str(notes)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran([json.loads(line) for line in notes.read_text().splitlines()], done)


def test_every_line_is_answered_as_the_document_says(ran: Ran) -> None:
    surprises = [one for one in ran.calls if one["status"] != one["expected"]]
    assert surprises == []
    assert (ran.done.returncode, ran.done.stderr) == (0, "")
    unasked = [call for call in CALLS if not any(_is(one, call) for one in ran.calls)]
    assert unasked == []


def _is(note: dict[str, str], call: str) -> bool:
    """Whether a request was made in the section of a call, and is one."""
    method, path = call.split(" ")
    pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
    in_section = note["section"] == f"{method.upper()} {path}"
    return in_section and note["method"] == method and bool(re.fullmatch(pattern, note["path"]))

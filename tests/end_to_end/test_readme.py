"""What the README tells a person to type does what it says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.night, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
RECSYS = Path(sys.executable).with_name("recsys")


def commands(heading: str) -> list[list[str]]:
    section = (ROOT / "README.md").read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [shlex.split(line) for line in block.splitlines()]


def test_bringing_ones_own_events_ends_with_a_bundle_that_serves(tmp_path: Path) -> None:
    *steps, serve = commands("Bring your own events")
    places = {"data/mine": str(tmp_path / "store"), "models/registry/mine": str(tmp_path / "reg")}
    assert [words[1] for words in steps] == ["ingest", "nightly"]
    for words in steps:
        arguments = [places.get(word, word) for word in words[1:]]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("RECSYS_")}
        done = subprocess.run(
            [RECSYS, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert serve[1] == "serve"
    assert set(places) <= set(serve)
    assert (tmp_path / "reg" / "champion" / "manifest.json").is_file()

"""What the commands of this room share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.files import atomic_file
from recsys.settings import Settings


def settings_of(**given: Any) -> Settings:
    """Return the settings of the environment, with what was given on the command line over them."""
    return Settings(**{name: value for name, value in given.items() if value is not None})


def write_json(path: Path, content: object) -> None:
    """Write an answer for a program."""
    with atomic_file(path) as beside:
        beside.write_text(json.dumps(content, indent=1) + "\n")

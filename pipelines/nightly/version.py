"""What else a step's result depends on: our own code, and the libraries that compute."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines.files import fingerprint

ROOMS = ("recsys", "features", "pipelines")
LIBRARIES = ("numpy", "scipy", "pyarrow", "duckdb", "scikit-learn", "implicit", "lightgbm")


@cache
def code_version() -> str:
    """Return a hash of every source file below the rooms of batch work, and of what they compute with."""
    root = Path(__file__).parents[2]
    sources = sorted(
        path
        for room in ROOMS
        for path in (root / room).rglob("*")
        if path.suffix in {".py", ".toml"}
    )
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    return fingerprint(sources, sys.version, *libraries)

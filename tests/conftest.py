"""Fixtures that more than one room uses."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from recsys.interactions import Interactions
from recsys.titles import Titles
from tests import worlds

# A busy machine is slow and not wrong. The same code gets the same verdict; new examples are looked for by
# `make explore`, where finding one is good news.
settings.register_profile("patient", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("patient")
# Nor does it send half a page for want of a second: what the deadline does has tests of its own.
os.environ.setdefault("RECSYS_DEADLINE_MS", "60000")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def checkerboard() -> tuple[Interactions, Titles]:
    return worlds.checkerboard()


@pytest.fixture(scope="session")
def small_world() -> tuple[Interactions, Titles]:
    return worlds.small_world()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets, which no repository may hold."""
    folder = Path(os.environ.get("RECSYS_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the real data sets; there is no folder {folder} (set RECSYS_DATA)")
    return folder

"""A small world cut into validation slices, a shelf to search on, and a store with a lake of its own."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from pipelines.anonymise import anonymise
from pipelines.build import build
from pipelines.recipe import Recipe
from pipelines.tuning.space import Space
from pipelines.tuning.validation import Validation, in_time
from recsys.declaration import Shelf
from recsys.interactions import Interactions
from recsys.privacy.policy import Policy
from tests import worlds
from tests.pipelines import nights

# One factor cannot tell four tastes apart: whoever looks further finds better.
ALS = """algorithm = "als"
description = "For a test."

[config]
# Too few.
factors = 1  # to be found
l2 = 0.005
iterations = 2

[gates]
"ndcg@10" = 0.005
"""
SEARCH = """[als]
factors = { low = 1, high = 6 }
fade = { low = 0.8, high = 1.0 }
"""


def shelf(folder: Path, model: str = ALS, search: str = SEARCH) -> Shelf:
    """Write a shelf of one model, ``one``, and where to look for its hyperparameters."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.toml").write_text(model)
    (folder / "search.toml").write_text(search)
    return Shelf.of(folder)


def recipe(folder: Path, model: str = ALS, search: str = SEARCH) -> Recipe:
    return Recipe.read(shelf(folder, model, search), "one")


def space(folder: Path, model: str = ALS, search: str = SEARCH) -> Space:
    return Space.read(recipe(folder, model, search))


@cache
def validation(count: int = 3) -> Validation:
    """Cut a world of 300 viewers and 40 titles, whose viewers keep to one of four tastes."""
    interactions, titles = worlds.small_world(viewers=300, titles=40, length=8)

    def known(moment: datetime) -> Interactions:
        return interactions.before(np.datetime64(int(moment.timestamp()), "s"))

    until = datetime(2024, 3, 1, tzinfo=UTC)
    slices = in_time("small", known, lambda _: titles, until, count)
    return Validation("small", "ndcg@10", slices)


@cache
def _lake() -> Path:
    settings = nights.night_settings(Path(mkdtemp()))
    anonymise(settings.store, Policy.read(settings.privacy_policy))
    build(settings.store)
    return settings.store


def store(folder: Path) -> Path:
    """Return a store of its own whose lake holds 14 days and whose interactions are built."""
    target = folder / "store"
    for name in ("lake", "built"):
        shutil.copytree(_lake() / name, target / name)
    return target

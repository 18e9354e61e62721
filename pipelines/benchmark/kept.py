"""Answers that models gave, kept in a folder, so that a benchmark goes on where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import features
import recsys
from pipelines.benchmark.data import Data
from pipelines.benchmark.trial import Trial, hyperparameters
from pipelines.figures import Json
from pipelines.files import atomic_directory, atomic_file, fingerprint, read_json
from pipelines.recipe import Recipe

HINT = "Remove it, or run with --fresh"

ROOMS = tuple(Path(str(room.__file__)).parent for room in (recsys, features))
"""Where the code is that fits and answers. All of it counts: what a model calls on is not worth guessing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of answers, one folder for each question and model.

    Attributes
    ----------
    folder : Path
    fresh : bool
        Whether to find none, so that all is asked anew.
    rooms : tuple of Path
        Folders of code on which an answer depends.
    """

    folder: Path
    fresh: bool = False
    rooms: tuple[Path, ...] = ROOMS

    def trial(self, recipe: Recipe, data: Data, n: int, ask: Callable[[], Trial]) -> Trial:
        """Return what the same model of the same code answered to the same question, or ask and keep it.

        Parameters
        ----------
        recipe : Recipe
        data : Data
        n : int
            How many titles are asked for.
        ask : callable
            Its answer is kept whole or not at all; not if the code was changed meanwhile, since nobody could say
            which of the two it is of.
        """
        place = self._place(recipe, data, n)
        if not self.fresh and (place / "trial.json").is_file():
            facts: dict[str, Any] = read_json(place / "trial.json", HINT)
            ids = np.load(place / "recommended.npy", allow_pickle=False)
            return Trial(recommended=ids, **facts)
        tried = ask()
        if place == self._place(recipe, data, n):
            _write(place, tried)
        return tried

    def table(self, recipe: Recipe, data: Data, name: str, ask: Callable[[], Json]) -> Json:
        """Return what was found of the same model of the same code by the same data, or ask and keep it.

        Parameters
        ----------
        recipe : Recipe
        data : Data
        name : str
            Of what is found.
        ask : callable
        """
        made = made_by(recipe, name, self.rooms)
        place = self.folder / data.digest / f"{name}-{recipe.declaration.name}-{made}.json"
        if not self.fresh and place.is_file():
            return read_json(place, HINT)
        found = ask()
        if made == made_by(recipe, name, self.rooms):
            with atomic_file(place) as beside:
                beside.write_text(json.dumps(found, indent=1) + "\n")
        return found

    def _place(self, recipe: Recipe, data: Data, n: int) -> Path:
        name = f"{recipe.declaration.name}-{made_by(recipe, n, self.rooms)}"
        return self.folder / data.digest / name


def made_by(recipe: Recipe, asked: object, rooms: tuple[Path, ...] = ROOMS) -> str:
    """Return a hash of a model's hyperparameters, its parts', what is asked, and all code, 12 hex digits."""
    model = recipe.unfitted()
    said = json.dumps([model.name, hyperparameters(model), asked], sort_keys=True)
    files = [(file, room) for room in rooms for file in sorted(room.rglob("*.py"))]
    names = (file.relative_to(room.parent) for file, room in files)
    return fingerprint((file for file, _ in files), *names, said)[:12]


def _write(place: Path, tried: Trial) -> None:
    facts = {name: value for name, value in asdict(tried).items() if name != "recommended"}
    with atomic_directory(place) as beside:
        np.save(beside / "recommended.npy", tried.recommended, allow_pickle=False)
        (beside / "trial.json").write_text(json.dumps(facts, indent=1) + "\n")

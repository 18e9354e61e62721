"""Answers that models gave, kept in a folder, so that a benchmark goes on where it was stopped."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.benchmark.data import Data
from pipelines.benchmark.trial import Trial, hyperparameters
from pipelines.files import atomic_directory, fingerprint, read_json
from pipelines.recipe import Recipe
from recsys.algorithm import Algorithm
from recsys.ranking.hybrid import Hybrid

HINT = "Remove it, or run with --fresh"


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of answers, one folder for each question and model.

    Attributes
    ----------
    folder : Path
    fresh : bool
        Whether to find none, so that all is asked anew.
    """

    folder: Path
    fresh: bool = False

    def find(self, recipe: Recipe, data: Data) -> Trial | None:
        """Return what the same model with the same hyperparameters answered on the same data, if kept."""
        place = self._place(recipe, data)
        if self.fresh or not (place / "trial.json").is_file():
            return None
        facts: dict[str, Any] = read_json(place / "trial.json", HINT)
        ids = np.load(place / "recommended.npy", allow_pickle=False)
        return Trial(recommended=ids, **facts)

    def keep(self, recipe: Recipe, data: Data, trial: Trial) -> None:
        """Write an answer, whole or not at all."""
        facts = {name: value for name, value in asdict(trial).items() if name != "recommended"}
        with atomic_directory(self._place(recipe, data)) as beside:
            np.save(beside / "recommended.npy", trial.recommended, allow_pickle=False)
            (beside / "trial.json").write_text(json.dumps(facts, indent=1) + "\n")

    def _place(self, recipe: Recipe, data: Data) -> Path:
        return self.folder / data.digest / f"{recipe.declaration.name}-{declared_digest(recipe)}"


def declared_digest(recipe: Recipe) -> str:
    """Return a hash of a model's hyperparameters and code, and those of its parts, 12 hex digits."""
    model = recipe.unfitted()
    said = json.dumps([model.name, hyperparameters(model)], sort_keys=True)
    return fingerprint(sorted(_sources(model)), said)[:12]


def _sources(model: Algorithm) -> set[Path]:
    """Return the files that say what a model does: its own, its parts', and for a hybrid its room."""
    own = Path(inspect.getfile(type(model)))
    if not isinstance(model, Hybrid):
        return {own}
    return {*own.parent.glob("*.py")}.union(*map(_sources, model.parts.values()))

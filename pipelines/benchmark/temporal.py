"""Learn from all before a moment, and be judged by what viewers watched after it (as a night is)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from pipelines.benchmark import trial
from pipelines.benchmark.data import Temporal, load
from pipelines.benchmark.result import Result
from pipelines.recipe import Recipe
from recsys.evaluate import judge

KS = (10, 20)
RIVALS_DAYS = (7, 30)
"""Half-lives of the popularity rivals: what was watched of late is the hardest simple answer to beat."""


def temporal(
    path: Path,
    models: Sequence[str],
    shelf: Path,
    *,
    cut: datetime | None = None,
    share: float = 0.1,
) -> Result:
    """Run the benchmark.

    Parameters
    ----------
    path : Path
        A data set that ``recsys ingest`` could read.
    models : sequence of str
        Names on the shelf; ``popularity`` brings its decayed rivals.
    shelf : Path
        The folder of ``<model>.toml``.
    cut : datetime, optional
        By default where the last ``share`` of the interactions begins.
    share : float
        In (0, 1).

    Raises
    ------
    RecsysError
        If a model or the data cannot be used; models are looked up before anything is read.
    """
    recipes = [recipe for name in models for recipe in _with_rivals(Recipe.read(shelf, name))]
    for recipe in recipes:
        recipe.unfitted()  # a wrong hyperparameter is to be found before anything is read
    with _progress() as progress:
        task = progress.add_task(f"reading {path}", total=len(recipes))
        data = load(path, cut=cut, share=share)
        result = Result("temporal", data.name, data.test_sha256, _facts(data))
        for recipe in recipes:
            name = recipe.declaration.name
            progress.update(task, description=f"fitting {name}")
            tried = trial.run(recipe, data, max(KS))
            progress.update(task, description=f"judging {name}")
            judged = judge(
                tried.recommended,
                data.split,
                titles=data.titles,
                ks=KS,
                score_seconds=tried.score_seconds,
            )
            result.trials[name] = (tried, judged)
            progress.advance(task)
    return result


def _with_rivals(recipe: Recipe) -> list[Recipe]:
    declaration = recipe.declaration
    if declaration.algorithm != "popularity":
        return [recipe]
    return [recipe] + [
        Recipe(
            declaration.model_copy(
                update={
                    "name": f"{declaration.name}-{days}d",
                    "config": {**declaration.config, "half_life_days": days},
                }
            ),
            recipe.shelf,
        )
        for days in RIVALS_DAYS
    ]


def _facts(data: Temporal) -> dict[str, object]:
    split = data.split
    return {
        "cut": f"{split.moment}Z",
        "train_interactions": len(split.train),
        "titles": len(data.titles),
        "viewers": len(split.viewers),
        "cold_viewers": int(np.count_nonzero(split.histories.lengths == 0)),
        "held_out": len(split.held_out.titles),
    }


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("models"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )

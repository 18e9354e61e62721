"""Every model of a benchmark fitted, asked and judged, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from pipelines.benchmark import rivals, trial
from pipelines.benchmark.data import Data
from pipelines.benchmark.kept import Kept
from pipelines.benchmark.protocol import Protocol
from pipelines.benchmark.result import Result
from recsys.declaration import Shelf
from recsys.errors import RecsysError
from recsys.evaluate import judge


def run(
    protocol: Protocol,
    load: Callable[[], Data],
    models: Sequence[str],
    shelf: Shelf,
    *,
    kept: Kept | None = None,
) -> Result:
    """Run a benchmark.

    Parameters
    ----------
    protocol : Protocol
    load : callable
        Reads and cuts the data, once the models are known to be declared rightly.
    models : sequence of str
        Names on the shelf.
    shelf : Shelf
    kept : Kept, optional
        Answers of earlier runs, of which those to the same question are taken, and which gets the others.

    Returns
    -------
    Result
        A model that refused, as for want of memory, is in ``refused`` and has no row.

    Raises
    ------
    RecsysError
        If the data or a declaration cannot be used.
    """
    recipes = rivals.recipes(protocol, models, shelf)
    with _progress() as progress:
        task = progress.add_task("reading", total=len(recipes))
        data = load()
        result = Result(protocol, data)
        for recipe in recipes:
            name = recipe.declaration.name
            progress.update(task, description=f"fitting {name}")
            tried = kept.find(recipe, data) if kept is not None else None
            try:
                tried = tried or trial.run(recipe, data, max(protocol.ks))
            except RecsysError as error:
                result.refused[name] = error
                progress.advance(task)
                continue
            if kept is not None:
                kept.keep(recipe, data, tried)
            progress.update(task, description=f"judging {name}")
            judged = judge(
                tried.recommended,
                data.split,
                titles=data.titles,
                ks=protocol.ks,
                score_seconds=tried.score_seconds,
            )
            result.trials[name] = (tried, judged)
            progress.advance(task)
    return result


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

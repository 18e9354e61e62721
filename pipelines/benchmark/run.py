"""Every model of a benchmark fitted, asked and judged, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

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
from pipelines.benchmark.elsewhere import read_answers
from pipelines.benchmark.kept import Kept
from pipelines.benchmark.protocol import Protocol
from pipelines.benchmark.result import Result
from pipelines.benchmark.trial import Trial
from pipelines.recipe import Recipe
from recsys.declaration import Shelf
from recsys.errors import InputError, RecsysError
from recsys.evaluate import judge


def run(
    protocol: Protocol,
    load: Callable[[], Data],
    models: Sequence[str],
    shelf: Shelf,
    *,
    kept: Kept | None = None,
    beside: Path | None = None,
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
    beside : Path, optional
        A folder of rivals' answers to the same question, which come before all others.

    Returns
    -------
    Result
        A model that refused, as for want of memory, is in ``refused`` and has no row.

    Raises
    ------
    RecsysError
        If the data, a declaration or a rival's answer cannot be used.
    """
    recipes = rivals.recipes(protocol, models, shelf)
    with progress() as shown:
        task = shown.add_task("reading", total=len(recipes))
        data = load()
        result = Result(protocol, data)
        for name, answer in () if beside is None else read_answers(beside, protocol, data):
            shown.update(task, description=f"judging {name}")
            _add(result, name, answer)
        _check_apart(list(result.trials), recipes)
        for recipe in recipes:
            name = recipe.declaration.name
            shown.update(task, description=f"fitting {name}")
            try:
                tried = _tried(recipe, data, max(protocol.ks), kept)
            except RecsysError as error:
                result.refused[name] = error
            else:
                shown.update(task, description=f"judging {name}")
                _add(result, name, tried)
            shown.advance(task)
    return result


def models_here(protocol: Protocol) -> tuple[str, ...]:
    """Return the models of a protocol that run here, and tell on stderr which do not and what they lack."""
    console = Console(stderr=True)
    for name, packages in protocol.left_out.items():
        console.print(
            f"{name} is left out: it needs {', '.join(packages)}. pip install recsys[deep]",
            markup=False,
            soft_wrap=True,
        )
    return protocol.default_models


def _tried(recipe: Recipe, data: Data, n: int, kept: Kept | None) -> Trial:
    ask = partial(trial.run, recipe, data, n)
    return ask() if kept is None else kept.trial(recipe, data, n, ask)


def _check_apart(others: Sequence[str], recipes: Sequence[Recipe]) -> None:
    clash = sorted({one.declaration.name for one in recipes}.intersection(others))
    if clash:
        raise InputError(
            expected="rivals of other names than the models asked for", got=clash, where="--beside"
        )


def _add(result: Result, name: str, tried: Trial) -> None:
    data = result.data
    judged = judge(
        tried.recommended,
        data.split,
        titles=data.titles,
        ks=result.protocol.ks,
        score_seconds=tried.score_seconds,
    )
    result.trials[name] = (tried, judged)


def progress(what: str = "models") -> Progress:
    """Return a bar of so many things done on stderr."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(what),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )

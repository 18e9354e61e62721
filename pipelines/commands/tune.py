"""The command ``recsys tune``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipelines.commands.options import JsonFile

if TYPE_CHECKING:
    from pipelines.tuning.validation import Validation
    from recsys.declaration import Question

UNCHANGED = 3
"""Exit code when no change is proposed: nothing is broken, and what is declared stays."""


def tune(
    model: Annotated[str, typer.Argument(help="A declaration of the shelf.")],
    *,
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Another data set, by --protocol; by default the store's own lake."),
    ] = None,
    protocol: Annotated[
        Literal["temporal", "leave-last-out", "strong-generalisation", "full-ranking"],
        typer.Option(help="With --data: whose validation slices."),
    ] = "temporal",
    cut: Annotated[
        str, typer.Option(help="Of temporal: where the test part begins, a UTC date.")
    ] = "",
    fold_in: Annotated[
        Literal["time", "random"], typer.Option(help="Of strong-generalisation: what is given.")
    ] = "time",
    metadata: Annotated[
        Path | None,
        typer.Option(
            help="Of leave-last-out and strong-generalisation: what titles are about, Parquet.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    slices: Annotated[
        int,
        typer.Option(help="Of validation data, 3 to 8; the newest proves what the others chose."),
    ] = 4,
    budget: Annotated[
        str, typer.Option(help="Time for the whole search, such as 90s, 30m or 2h.")
    ] = "",
    trials: Annotated[
        int | None, typer.Option(help="At most, the declared values being the first.", min=1)
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            help="Trials at a time, which share the cores: worth it for models that use one.",
            min=1,
            max=64,
        ),
    ] = 1,
    memory_gb: Annotated[
        float | None,
        typer.Option(help="For one trial; by default all share three quarters of the machine's."),
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Search for better hyperparameters on validation data, and propose them as a change for review.

    Looks where `models/search.toml` says. A search that was stopped, or has a larger budget now, goes on where it was:
    it lies in `<store>/tuning`, with a report and the diff. Without --budget and --trials it takes 30 minutes.

    Exit code 0: a change is proposed; `git apply` takes it. 2: the input or a setting is not usable. 3: no change
    is proposed, since none is better, or not beyond chance on the slice that proves.

    Example: `recsys tune ease --store data/demo --budget 10m`
    """
    from rich.console import Console

    from pipelines.commands.common import settings_of, write_json
    from pipelines.nightly.display import Display
    from pipelines.recipe import Recipe
    from pipelines.tuning.plan import Plan, check_memory_gb, seconds_of
    from pipelines.tuning.run import TUNING
    from pipelines.tuning.run import tune as search
    from recsys.declaration import Shelf
    from recsys.errors import ConfigError

    settings = settings_of(store=store)
    options = _options(protocol, cut, fold_in, metadata)
    seconds = seconds_of(budget or "30m") if budget or trials is None else None
    plan = Plan(seconds, trials, jobs, check_memory_gb(memory_gb))
    question: Question = _question(protocol, options) if data else "later"
    recipe = Recipe.read(Shelf.of(settings.declarations, question), model)
    if recipe.declaration.name != model:
        raise ConfigError(expected="a name on the shelf, no path", got=model, where="MODEL")
    found = search(
        recipe,
        _pose(settings.store, data, protocol, slices, options),
        plan,
        settings.store / TUNING,
        data=f"{protocol}-{data.resolve().name}" if data else "",
        display=Display(),
    )
    if json_file is not None:
        write_json(json_file, found.as_json())
    Console(soft_wrap=True, highlight=False, markup=False).print(found.text())
    if not found.diff:
        raise typer.Exit(UNCHANGED)
    typer.echo(f"change    {found.place}.diff, for `git apply`; then `python -m pipelines.cards`\n")
    typer.echo(found.diff, nl=False)


def _options(protocol: str, cut: str, fold_in: str, metadata: Path | None) -> dict[str, Any]:
    """Return the options that a protocol has, of those that were given; others are refused."""
    from pipelines.benchmark.temporal import parse_moment
    from recsys.errors import ConfigError

    given: dict[str, Any] = {}
    if cut:
        given["cut"] = parse_moment(cut, "--cut")
    if fold_in != "time":
        given["fold_in"] = fold_in
    if metadata is not None:
        given["metadata"] = metadata
    known = {
        "temporal": {"cut"},
        "leave-last-out": {"metadata"},
        "strong-generalisation": {"fold_in", "metadata"},
        "full-ranking": set(),
    }
    if strange := sorted(given.keys() - known[protocol]):
        raise ConfigError(
            expected=f"options that {protocol} has",
            got=", ".join(strange),
            where=f"--{strange[0].replace('_', '-')}",
        )
    return given


def _question(protocol: str, options: dict[str, Any]) -> Question:
    from pipelines.benchmark.protocol import PROTOCOLS

    return PROTOCOLS[protocol].asked(options)


def _pose(
    store: Path, data: Path | None, protocol: str, slices: int, options: dict[str, Any]
) -> Callable[[], Validation]:
    def pose() -> Validation:
        if data is None:
            from pipelines.tuning.validation import of_store

            return of_store(store, slices)
        from pipelines.tuning.protocols import of_protocol

        return of_protocol(protocol, data, slices, options)

    return pose

"""Answers to a protocol: models compared, what each part of a hybrid adds, and time to a rival's quality."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from pipelines.commands.options import JsonFile, ListsFile
from pipelines.commands.posed import Posed

if TYPE_CHECKING:
    from pipelines.benchmark.result import Result

ShelfOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="A folder of declarations that comes before all others.",
        exists=True,
        file_okay=False,
    ),
]


def compare(
    posed: Posed,
    *,
    models: Annotated[
        str, typer.Option(help="Names of declared models, separated by commas; by default a few.")
    ] = "",
    shelf: ShelfOption = None,
    export: Annotated[
        Path | None,
        typer.Option(
            help="Write there what a rival in another environment needs to answer, and fit nothing. Of the "
            "validation part also what is to be found, by which rivals choose their settings.",
            file_okay=False,
        ),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            help="A folder of lists that rivals gave to what `--export` wrote, to be judged too. `make rivals` makes one; by "
            "hand: `python -m tests.rivals.answer QUESTION ANSWERS LIBRARY` where the library is installed.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    lists: ListsFile = None,
    json_file: JsonFile = None,
) -> None:
    """Fit models, judge their lists, and print and write what was found."""
    from pipelines.benchmark.elsewhere import write_question
    from pipelines.benchmark.run import models_here, run

    if export is not None:
        write_question(export, posed.protocol, posed.load())
        return
    names = names_of(models) or models_here(posed.protocol)
    result = run(posed.protocol, posed.load, names, posed.shelf(shelf), beside=beside)
    if json_file is not None:
        result.write(json_file)
    if lists is not None:
        result.write_lists(lists)
    tell(result)
    # What others found is told and kept before one's refusal ends the command.
    for error in result.refused.values():
        raise error


def ablate(
    posed: Posed,
    *,
    model: Annotated[str, typer.Option(help="The name of a declared hybrid.")] = "hybrid",
    shelf: ShelfOption = None,
    json_file: JsonFile = None,
) -> None:
    """Tell what each part of a hybrid adds, by viewers of the training part."""
    from rich.console import Console

    from pipelines.benchmark.parts import Parts
    from pipelines.recipe import Recipe

    found = Parts.of(posed.protocol, posed.load, Recipe.read(posed.shelf(shelf), model))
    if json_file is not None:
        found.write(json_file)
    Console().print(found.table())


def race(
    posed: Posed,
    *,
    beside: Annotated[
        Path,
        typer.Option(
            help="The folder with the rival's answer, as `make rivals` makes it below `data/benchmarks/rivals`, or "
            "`python -m tests.rivals.answer QUESTION ANSWERS LIBRARY` from what `recsys benchmark … --export QUESTION` wrote.",
            exists=True,
            file_okay=False,
        ),
    ],
    rival: Annotated[str, typer.Option(help="Whose quality is to be reached.")] = "implicit-als",
    model: Annotated[
        str, typer.Option(help="A declared model that takes iterations: als or bpr.")
    ] = "als",
    most: Annotated[
        int, typer.Option(help="Iterations after which the rival's quality is given up.", min=1)
    ] = 20,
    shelf: ShelfOption = None,
    json_file: JsonFile = None,
) -> None:
    """Tell how long a model takes to be as good as a rival was."""
    from pipelines.benchmark import race as racing
    from pipelines.recipe import Recipe

    recipe = Recipe.read(posed.shelf(shelf), model)
    found = racing.race(posed.protocol, posed.load, recipe, beside, rival, most=most)
    if json_file is not None:
        found.write(json_file)
    said = "reached" if found.reached else "not reached"
    typer.echo(
        f"{found.rival}: {found.metric} {found.theirs:.4f} after {found.their_seconds:.2f} s\n"
        f"{found.model}: {found.metric} {found.ours:.4f} after {found.our_seconds:.2f} s, "
        f"{found.iterations} iterations\n"
        f"{said}, in {found.ratio:.3f} of its time"
    )


def names_of(text: str) -> list[str]:
    """Return names that are separated by commas."""
    return [one.strip() for one in text.split(",") if one.strip()]


def tell(result: Result) -> None:
    """Print what a benchmark found."""
    from rich.console import Console

    from pipelines.benchmark.tables import tables

    console = Console()
    facts = result.data.facts
    console.print(
        f"{facts['train_interactions']:,} interactions"
        + (f" before {facts['cut']}" if "cut" in facts else "")
        + f", {facts['titles']:,} titles; {facts['held_out']:,} to find for {facts['viewers']:,} viewers, "
        f"{facts['cold_viewers']:,} of them new ({facts['part']} part {result.data.test_sha256[:16]})"
    )
    for table in tables(result):
        console.print(table)

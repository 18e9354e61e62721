"""The commands ``recsys benchmark …``: one a protocol."""

from pathlib import Path
from typing import Annotated

import typer

benchmark = typer.Typer(
    no_args_is_help=True, help="Compare models on public data sets, each protocol a command."
)


@benchmark.callback()
def protocols() -> None:
    """Compare models on public data sets, each protocol a command."""


@benchmark.command()
def temporal(
    *,
    data: Annotated[Path, typer.Option(help="A folder that `recsys ingest` could read.")],
    models: Annotated[
        str, typer.Option(help="Names of declared models, separated by commas.")
    ] = "popularity,als,ease,item-knn,content,hybrid",
    cut: Annotated[str, typer.Option(help="Learn from what was before this UTC date.")] = "",
    share: Annotated[
        float, typer.Option(help="Without --cut: the last share of interactions to be found.")
    ] = 0.1,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures there, for a program.")
    ] = None,
) -> None:
    """Learn from all before a moment, be judged by what viewers watched after it.

    Every model is fitted in a process of its own, so that its peak memory is its own.

    Example: `recsys benchmark temporal --data ml-latest-small --json temporal.json`
    """
    from rich.console import Console

    from pipelines.benchmark.data import parse_moment
    from pipelines.benchmark.temporal import temporal as run
    from recsys.settings import Settings

    names = [name.strip() for name in models.split(",") if name.strip()]
    moment = parse_moment(cut, "--cut") if cut else None
    result = run(data, names, Settings().declarations, cut=moment, share=share)
    if json_file is not None:
        result.write(json_file)
    facts = result.facts
    console = Console()
    console.print(
        f"{facts['train_interactions']:,} interactions before {facts['cut']}; {facts['held_out']:,} titles "
        f"to find for {facts['viewers']:,} viewers, {facts['cold_viewers']:,} of them new"
    )
    for table in result.tables():
        console.print(table)

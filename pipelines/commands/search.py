"""The command ``recsys benchmark search``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import JsonFile


def search(
    titles: Annotated[
        int, typer.Option(help="That can be found; episodes come besides.", min=1000)
    ] = 100_000,
    episodes: Annotated[int, typer.Option(help="Of its series.", min=0)] = 1_000_000,
    *,
    seconds: Annotated[float, typer.Option(help="Of each open loop.", min=1)] = 30.0,
    typos: Annotated[int, typer.Option(help="Mistyped names.", min=10)] = 1000,
    workers: Annotated[int, typer.Option(help="Processes that serve.", min=1, max=64)] = 1,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Real titles, for the judged set; read as `recsys ingest` does.", exists=True
        ),
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="Keeps the worlds; one of the same size is used again.")
    ] = Path("data/benchmarks/search"),
    json_file: JsonFile = None,
) -> None:
    """Measure how fast and how well titles are found.

    Makes a world of that size (once), builds its index, serves it, and asks 200 questions a second, whether the
    server keeps up or not: names, beginnings, mistyped names, people, episodes, genres of decades. Then how many
    names with one typing error find their title, and, with `--data`, how well 200 judged questions are answered.

    Exit code 0: measured; the JSON says which goals are met. 2: the input or this machine is not usable.

    Example: `recsys benchmark search --titles 100000 --episodes 1000000 --data path/to/data --json search.json`
    """
    from rich.console import Console

    from pipelines.benchmark.search.run import Plan, measure
    from pipelines.commands.common import write_json
    from pipelines.nightly.display import Display

    plan = Plan(titles, episodes, seconds, typos, workers, data)
    result = measure(plan, folder, Display())
    if json_file is not None:
        write_json(json_file, result.as_json())
    Console().print(result.table())

"""``recsys benchmark pages``: whole pages against a plain list, and what each dial trades."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import JsonFile
from pipelines.commands.protocols import Cut, Events, Later, PartOption


def pages(
    *,
    data: Events,
    cut: Cut = "",
    share: Later = 0.1,
    part: PartOption = "test",
    model: Annotated[str, typer.Option(help="The name of a declared hybrid.")] = "hybrid",
    viewers: Annotated[int, typer.Option(help="How many are asked at most.", min=1)] = 500,
    picture: Annotated[
        Path | None, typer.Option(help="Where the newcomers' curve is drawn.")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Compose the pages of viewers at a moment, and judge them by what was watched after it.

    Example: `recsys benchmark pages --data data/demo/world --json pages.json`
    """
    from rich.console import Console

    from pipelines.benchmark.pages.run import run
    from pipelines.benchmark.run import progress
    from pipelines.benchmark.temporal import load, parse_moment
    from pipelines.commands.common import write_json
    from pipelines.recipe import Recipe
    from recsys.declaration import ROWS
    from recsys.page.policy import Policy
    from recsys.settings import Settings

    moment, shelf = parse_moment(cut, "--cut") if cut else None, Settings().declarations
    with progress("viewers") as shown:
        task = shown.add_task(f"fitting {model}", total=None)
        found = run(
            lambda: load(data, cut=moment, share=share, part=part),
            data,
            Recipe.read(shelf, model),
            Policy.read(shelf / ROWS),
            most=viewers,
            advance=lambda done, total: shown.update(
                task, description="composing", completed=done, total=total
            ),
        )
    if picture is not None and found.curve is not None:
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(found.curve.drawn())
    if json_file is not None:
        write_json(json_file, found.as_json())
    for table in found.tables():
        Console().print(table)
    Console().print(f"going on or discovering: {found.learned.text()}")

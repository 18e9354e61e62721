"""The command ``recsys train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import JsonFile


def train(
    model: Annotated[str, typer.Option(help="A declaration of the shelf.")] = "hybrid",
    until: Annotated[
        str | None,
        typer.Option(help="Learn from what was before, such as 2024-03-01; all by default."),
    ] = None,
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
    registry: Annotated[Path | None, typer.Option(help="The registry; RECSYS_REGISTRY.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Fit a declared model on the lake up to a moment and write a bundle; it does not serve yet.

    Exit code 0: the bundle is written; `recsys bundle promote` lets it serve. 2: there is no lake,
    no such model, or a night job is at work.

    Example: `recsys train --model ease --until 2024-03-01`
    """
    from pipelines.build import interactions_until
    from pipelines.commands.common import settings_of, write_json
    from pipelines.nightly.display import Display
    from pipelines.nightly.places import between_nights
    from pipelines.recipe import Recipe
    from pipelines.train import train as fit

    settings = settings_of(store=store, registry=registry)
    recipe = Recipe.read(settings.declarations, model)
    display = Display()
    with display.step("build") as line, between_nights(settings.store):
        interactions, catalog, moment = interactions_until(settings.store, until)
        line.rows, line.result = len(interactions), f"{len(interactions):,} interactions"
    with display.step("train") as line:
        bundles = settings.registry / "bundles"
        made = fit(recipe, interactions, catalog, until=moment, bundles=bundles)
        line.rows, line.result = len(interactions), made.id
    if json_file is not None:
        write_json(json_file, made.manifest.model_dump(mode="json", exclude={"files"}))
    typer.echo(
        f"{made.id}  {made.model} until {moment:%Y-%m-%d}; `recsys bundle promote {made.id}`"
    )

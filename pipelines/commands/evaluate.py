"""The command ``recsys evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import JsonFile


def evaluate(
    *,
    model: Annotated[
        str, typer.Option(help="Declared models, separated by commas; the report is on the first.")
    ] = "hybrid",
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
    registry: Annotated[Path | None, typer.Option(help="The registry; RECSYS_REGISTRY.")] = None,
    days: Annotated[
        int | None, typer.Option(help="Find the last days; by default what the night holds out.")
    ] = None,
    track: Annotated[bool, typer.Option(help="Log to MLflow.")] = True,
    json_file: JsonFile = None,
) -> None:
    """Fit models on the lake before a cut, judge them by what came after, and write a report.

    The champion's recipe is fitted and judged beside them. The report is one HTML file in the store.

    Example: `recsys evaluate --model ease,popularity --store data/demo --json evaluation.json`
    """
    from pipelines.commands.common import settings_of
    from pipelines.evaluation import evaluate_models

    names = [name.strip() for name in model.split(",") if name.strip()]
    settings = settings_of(store=store, registry=registry)
    outcome = evaluate_models(settings, names, days=days, track=track)
    if json_file is not None:
        outcome.write(json_file)
    for one in outcome.judged:
        typer.echo(f"{one.name:16} ndcg@10 {one.evaluation.means['ndcg@10']}")
    typer.echo(f"report: {outcome.report}")

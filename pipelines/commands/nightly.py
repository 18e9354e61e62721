"""The command ``recsys nightly``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import JsonFile

KEPT = 3
"""Exit code when the gate kept the champion: nothing is broken, and nothing new serves."""


def nightly(
    model: Annotated[str, typer.Option(help="A declaration of the shelf.")] = "hybrid",
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
    registry: Annotated[Path | None, typer.Option(help="The registry; RECSYS_REGISTRY.")] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day that must be there, and whole; by default the newest one that ran to its end.",
        ),
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Take new events through the privacy gate to a bundle that serves; skip what has not changed.

    Collect, anonymise, check, build, evaluate, gate, bundle, publish, track. Exit code 0: the challenger is
    published. 2: the input or a setting is not usable, a check stops the night, or another night job is
    running; the champion stays. 3: the gate kept the champion; the decision says why.

    Example: `recsys nightly --store data/demo --registry models/registry/demo --json night.json`
    """
    from pipelines.commands.common import settings_of, write_json
    from pipelines.nightly.night import run_night

    report = run_night(
        settings_of(store=store, registry=registry), model, day=None if day is None else day.date()
    )
    if json_file is not None:
        write_json(json_file, report.facts())
    typer.echo(report.text())
    if not report.published:
        raise typer.Exit(KEPT)

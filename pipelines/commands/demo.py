"""The command ``recsys demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    data: Annotated[
        Path | None,
        typer.Option(help="A folder that `recsys ingest` reads; a made world by default."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the made world.", min=0)] = 0,
    model: Annotated[str, typer.Option(help="A declaration of the shelf.")] = "hybrid",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65_535)] = 8000,
    serve: Annotated[bool, typer.Option(help="Start the API at the end.")] = True,
) -> None:
    """Go the whole way from events to a page in the browser, and redo only what changed.

    Makes the demo world (or takes --data), ingests it, runs the night job and starts the API. The store
    is `data/demo` and the registry `models/registry/demo`; with --data, both are named after the folder
    and a hash of where it lies.

    Exit code 0: stopped by hand, or ready with --no-serve. 2: the input is not usable. 3: no model
    passed the gate, so there is nothing to serve.

    Example: `recsys demo --data ../shared/data/ml-latest-small`
    """
    import os
    import sys

    from pipelines.commands.nightly import KEPT
    from pipelines.demo import Place, a_viewer, prepare
    from pipelines.nightly.display import Display
    from recsys.settings import Settings

    place = Place.of(Settings(), data, seed)
    report = prepare(place, model, Display())
    typer.echo(report.text())
    if report.champion is None:
        raise typer.Exit(KEPT)
    address, viewer = f"http://127.0.0.1:{port}", a_viewer(place.settings.store)
    program = str(Path(sys.executable).parent / "recsys")
    typer.echo(
        f"\nopen   {address}/"
        f"\ndocs   {address}/docs"
        f"\ntry    curl '{address}/api/recommendations/home?viewerId={viewer}'"
        f"\ntoken  {program} token --store {place.settings.store} --viewer {viewer}"
    )
    if not serve:
        return
    # This room does not know the serving room; they meet in the store, the registry and this command.
    environment = {
        "RECSYS_STORE": str(place.settings.store),
        "RECSYS_REGISTRY": str(place.settings.registry),
    }
    quiet = {"RECSYS_REQUEST_LOGS": "false"}  # who looks at a page does not look at its requests
    sys.stdout.flush()
    os.execve(  # noqa: S606  the installed program itself, no shell
        program,
        [program, "serve", "--demo", "--port", str(port)],
        {**quiet, **os.environ, **environment},
    )

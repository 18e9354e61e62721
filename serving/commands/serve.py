"""The command ``recsys serve``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from recsys.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65_535)] = 8000,
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
    registry: Annotated[Path | None, typer.Option(help="The registry; RECSYS_REGISTRY.")] = None,
    database_url: Annotated[
        str | None, typer.Option(help="PostgreSQL; RECSYS_DATABASE_URL; embedded by default.")
    ] = None,
) -> None:
    """Answer recommendations over HTTP, and show the page.

    Needs nothing: it starts its own PostgreSQL, and without a bundle it answers from the catalog.

    Example: `recsys serve --port 8000`
    """
    given = {"store": store, "registry": registry, "database_url": database_url}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = Settings().model_copy(update=chosen)
    # A request is one thread's work: pools of threads within it would only wait for each other.
    for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(pool, "1")
    import uvicorn

    from serving.app import create_app

    uvicorn.run(create_app(settings), host=host, port=port, log_level="warning", access_log=False)

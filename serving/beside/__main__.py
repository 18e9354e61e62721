"""Runs what is measured beside a replica: ``python -m serving.beside bare|by-hand|row-by-row|fit-by-hand|inside …``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False)]
Port = Annotated[int, typer.Option(min=1, max=65_535)]


@app.command()
def bare(body: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], port: Port) -> None:
    """Answer with the content of a file."""
    from serving.beside.bare import create_bare  # noqa: PLC0415

    _run(create_bare(body), port)


@app.command()
def by_hand(folder: Folder, port: Port) -> None:
    """Answer as one would by hand."""
    from serving.beside.by_hand import create_by_hand  # noqa: PLC0415

    _run(create_by_hand(folder), port)


@app.command()
def row_by_row(folder: Folder, port: Port) -> None:
    """Take events in as one would by hand, into a database in a folder."""
    from serving.beside.row_by_row import create_row_by_row  # noqa: PLC0415

    _run(create_row_by_row(folder), port)


@app.command()
def fit_by_hand(folder: Folder) -> None:
    """Fit the model of it."""
    from serving.beside.by_hand import fit  # noqa: PLC0415

    fit(folder)


@app.command()
def inside(
    viewers: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    seconds: Annotated[float, typer.Option()],
) -> None:
    """Print, as JSON, what each stage of a page costs; the settings say where store and registry are."""
    from recsys.settings import Settings  # noqa: PLC0415
    from serving.beside.inside import inside as look  # noqa: PLC0415

    typer.echo(json.dumps(look(Settings(), viewers.read_text().split(), seconds)))


def _run(asgi: object, port: int) -> None:
    """Serve as ``recsys serve`` does."""
    import uvicorn  # noqa: PLC0415

    uvicorn.run(asgi, port=port, log_level="warning", access_log=False)  # type: ignore[arg-type]


if __name__ == "__main__":
    # A library's threads would only wait for each other on a server's cores, as in ``recsys serve``.
    for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(pool, "1")
    app()

"""The command ``recsys serve``."""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from recsys.errors import ConfigError
from recsys.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65_535)] = 8000,
    *,
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
    registry: Annotated[Path | None, typer.Option(help="The registry; RECSYS_REGISTRY.")] = None,
    database_url: Annotated[
        str | None, typer.Option(help="PostgreSQL; RECSYS_DATABASE_URL; embedded by default.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Offer some viewers by id, on this machine alone.")
    ] = False,
) -> None:
    """Answer recommendations over HTTP, and show the page.

    Needs nothing: it starts its own PostgreSQL, and without a bundle it answers from the catalog.

    Exit code 0: stopped by hand. 1: it could not start. 2: a setting or the port is not usable.

    Example: `recsys serve --port 8000`
    """
    given: dict[str, Any] = {"store": store, "registry": registry, "database_url": database_url}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = Settings(**chosen)
    listening = _bound(host, port)
    if demo and not _on_this_machine(listening):
        listening.close()
        raise ConfigError(
            expected="an address that only this machine reaches, such as 127.0.0.1, with --demo",
            got=host,
            where="--host",
            hint="Leave out --demo, which shows viewers' ids",
        )
    # A request is one thread's work: pools of threads within it would only wait for each other.
    for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(pool, "1")
    import uvicorn

    from serving.app import create_app

    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings, show_viewers=demo), log_level="warning", access_log=False
        )
    )
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(1)


def _bound(host: str, port: int) -> socket.socket:
    """Take the port before anything is started, so that a used one is told at once."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigError(
            expected="an address and a port that are free",
            got=error.strerror,
            where=f"{host}:{port}",
            hint="Choose another with --port",
        ) from None
    return listening


def _on_this_machine(listening: socket.socket) -> bool:
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback

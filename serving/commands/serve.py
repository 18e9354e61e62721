"""The command ``recsys serve``."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.errors import ConfigError
from recsys.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65_535)] = 8000,
    *,
    store: Annotated[Path | None, typer.Option(help="The store; RECSYS_STORE.")] = None,
    registry: Annotated[Path | None, typer.Option(help="The registry; RECSYS_REGISTRY.")] = None,
    database_url: Annotated[
        str | None, typer.Option(help="PostgreSQL; RECSYS_DATABASE_URL; embedded by default.")
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Processes that share the port, each a replica.", min=1, max=64)
    ] = 1,
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
    if not _served(partial(_app, settings, demo, _on_this_machine(listening)), listening, workers):
        raise typer.Exit(1)


def _app(settings: Settings, demo: bool, local: bool) -> FastAPI:
    from threadpoolctl import threadpool_limits

    from serving import logs
    from serving.app import create_app

    logs.configure()
    # What was loaded before the environment said so has its threads already, which wait by turning round and round.
    threadpool_limits(1, "blas")
    return create_app(settings, show_viewers=demo, local=local)


def _served(app: Callable[[], FastAPI], listening: socket.socket, workers: int) -> bool:
    """Serve until stopped; return whether it ever began."""
    import uvicorn

    from serving.wire import Wire

    config = uvicorn.Config(
        app,
        http=Wire,
        factory=True,
        workers=workers,
        log_config=None,
        log_level="warning",
        access_log=False,
    )
    if workers > 1:
        return _shared(config, listening)
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    return server.started


def _shared(config: uvicorn.Config, listening: socket.socket) -> bool:
    """Serve with several processes until stopped; return whether it ever began."""
    from serving import logs
    from serving.shared_meters import ended, sharing
    from serving.workers.supervisor import Supervisor

    logs.configure()
    host, port, *_ = listening.getsockname()
    try:
        with sharing():
            return Supervisor(config, listening, ended).serve()
    except OSError as error:
        raise _taken(error, f"{host}:{port}") from None


def _bound(host: str, port: int) -> socket.socket:
    """Take the port before anything is started, so that a used one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, or the event loop would not know that answers are to leave at once: then each waits 40 ms
    # for a client's acknowledgement of its head.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise _taken(error, f"{host}:{port}") from None
    return listening


def _taken(error: OSError, place: str) -> ConfigError:
    return ConfigError(
        expected="an address and a port that are free",
        got=error.strerror,
        where=place,
        hint="Choose another with --port",
    )


def _on_this_machine(listening: socket.socket) -> bool:
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback

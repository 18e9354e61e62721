"""The least that this framework and server can do: a route that returns bytes which are there already."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Response


def create_bare(body: Path) -> FastAPI:
    """Return an app whose one route answers with a file's content, as JSON."""
    app, content = FastAPI(), body.read_bytes()

    @app.get("/health")
    async def health() -> Response:
        return Response()

    @app.get("/bare")
    async def bare() -> Response:
        return Response(content, media_type="application/json")

    return app

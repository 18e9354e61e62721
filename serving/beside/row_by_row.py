"""What one would write by hand to take events in: a route that inserts row by row, and commits."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psycopg
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from recsys.schema import EVENTS
from serving.analytics.batches import EITHER
from serving.analytics.contracts import Event
from serving.postgres import EmbeddedPostgres

_TYPES: Final = {"double": "float8", "int32": "int4", "timestamp[us, tz=UTC]": "timestamptz"}
_TABLE: Final = ", ".join(f"{field.name} {_TYPES.get(str(field.type), 'text')}" for field in EVENTS)
_INSERT: Final = (
    f"INSERT INTO event ({', '.join(EVENTS.names)}) VALUES "  # noqa: S608  names of the schema
    f"({', '.join(f'%({name})s' for name in EVENTS.names)}) ON CONFLICT DO NOTHING"
)


def create_row_by_row(folder: Path) -> FastAPI:
    """Return an app with a database of its own in a folder.

    The same contract is read and the same table is written, under one key and the index by viewer; there is no
    history, nobody is told, and nothing is refused.
    """
    server, own = EmbeddedPostgres(folder / "postgres"), threading.local()

    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        server.ensure_running()
        with psycopg.connect(server.url()) as connection:
            connection.execute(
                f"CREATE TABLE event ({_TABLE}, received_at timestamptz DEFAULT now(), "
                "PRIMARY KEY (event_id))"
            )
            connection.execute("CREATE INDEX ON event (viewer_id, occurred_at)")
        yield
        server.stop()

    app = FastAPI(lifespan=opened)

    @app.get("/health")
    async def health() -> Response:
        return Response()

    def insert(events: list[Event]) -> None:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(server.url())
        empty = dict.fromkeys(EVENTS.names)
        for event in events:
            row = empty | event.model_dump() | {"event_id": str(event.event_id)}
            own.connection.execute(_INSERT, row)
        own.connection.commit()

    @app.post("/events", status_code=202)
    async def take(request: Request) -> dict[str, int]:
        read = EITHER.validate_json(await request.body())
        events = read if isinstance(read, list) else [read]
        await run_in_threadpool(insert, events)
        return {"accepted": len(events)}

    return app

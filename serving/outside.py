"""What every request has, whatever answers it: an id, a line in the log, and headers that keep a browser safe."""

from __future__ import annotations

import re
import time
import uuid
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import unexpected

log = structlog.get_logger()

HEADER: Final = "X-Request-ID"
_NAME: Final = HEADER.lower().encode()
_CLEAN: Final = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
"""Added where an answer does not say otherwise: what is data loads nothing and is in no frame, and nobody keeps it."""


class Outside:
    """ASGI middleware around all others.

    Parameters
    ----------
    app : ASGIApp
    lines : bool
        Whether each request is a line in the log.
    """

    def __init__(self, app: ASGIApp, *, lines: bool) -> None:
        self.app, self._lines = app, lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _id_of(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = time.perf_counter(), 0

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _marked(message.get("headers", ()), request_id)
            await send(message)

        try:
            await self.app(scope, receive, marked)
        except Exception as error:
            if status:  # half of an answer is out: all that is left is to break the connection
                raise
            await unexpected(scope["path"], error)(scope, receive, marked)
        finally:
            if self._lines:
                _note(scope, status, time.perf_counter() - started)


def _id_of(scope: Scope) -> str:
    """Return the id that a request brought, if it is one, or a new one."""
    for name, value in scope["headers"]:
        if name == _NAME and _CLEAN.fullmatch(value):
            return value.decode()
    return uuid.uuid4().hex


def _marked(headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    said = {name.lower() for name, _ in headers}
    safe = [one for one in _SAFE if one[0] not in said]
    return [*headers, *safe, (_NAME, request_id.encode())]


def _note(scope: Scope, status: int, seconds: float) -> None:
    """Write a line, by route and never by path: a path may hold ids."""
    log.info(
        "request",
        method=scope["method"],
        route=getattr(scope.get("route"), "path", "none"),
        status=status,
        ms=round(seconds * 1e3, 2),
    )

"""No body larger than a limit is ever held, and none is waited for without end: counted while it streams in."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.refusals import SlowError, TooLargeError

MAX_BODY_BYTES = 1_000_000
LARGER: Final = {"/api/analytics/event": 8_000_000, "/api/staff/catalog/import": 32_000_000}
"""Bytes of bodies that may be larger: 10,000 events with all their fields, and a file of titles."""

PATIENCE = 20.0
"""Seconds in which the next piece of a body must come."""


def too_large(size: int, most: int = MAX_BODY_BYTES) -> TooLargeError:
    """Return the error of a body of some bytes, or of more."""
    return TooLargeError(expected=f"at most {most:,} bytes", got=f"{size:,} bytes", where="body")


class BodyLimit:
    """ASGI middleware by which whoever reads a body past the limit gets an error.

    A declared length is refused before a byte is read; an undeclared one when the count is passed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        size = int(declared) if declared.isdecimal() else 0
        most = LARGER.get(scope["path"], MAX_BODY_BYTES)
        await self.app(scope, _counted(receive, size, most), send)


def _counted(receive: Receive, declared: int, most: int) -> Receive:
    taken, whole = 0, False

    async def counted() -> Message:
        nonlocal taken, whole
        if declared > most:
            raise too_large(declared, most)
        message = await (receive() if whole else _soon(receive))
        taken += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if taken > most:
            raise too_large(taken, most)
        return message

    return counted


async def _soon(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(PATIENCE):
            return await receive()
    except TimeoutError:
        raise SlowError.after(PATIENCE) from None

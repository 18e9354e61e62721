"""No body larger than a limit is ever held: counted while it streams in."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import problem

MAX_BODY_BYTES = 1_000_000
DETAIL = f"body: expected at most {MAX_BODY_BYTES:,} bytes"


class BodyLimit:
    """ASGI middleware that answers 413 to a body past the limit.

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
        if declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
            error = {"field": "body", "expected": DETAIL, "got": f"{declared} bytes"}
            answer = problem(413, "content-too-large", "Content Too Large", DETAIL, [error])
            await answer(scope, receive, send)
            return
        await self.app(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise HTTPException(413, DETAIL)
        return message

    return counted

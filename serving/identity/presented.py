"""Reads the token of every request before anything else does, so that nothing is sent to a stranger."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from recsys.errors import RecsysError
from serving.identity.contracts import BACKEND, Caller
from serving.identity.service import Identity
from serving.problems import TokenError, refused

CALLER: Final = "caller"
"""In a request's scope: who presents a valid token, or None."""
ASKER: Final = "asker"
"""In a request's scope: the same, and on an open replica the backend where there is no token."""


class Presented:
    """ASGI middleware that says who asks; a token that is not valid is refused on whatever route.

    Parameters
    ----------
    app : ASGIApp
    identity : Identity
    """

    def __init__(self, app: ASGIApp, identity: Identity) -> None:
        self.app, self._identity = app, identity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with who asks."""
        if scope["type"] == "http":
            try:
                caller = await self._caller(scope)
            except RecsysError as error:
                await refused(error)(scope, receive, send)
                return
            scope[CALLER] = caller
            scope[ASKER] = BACKEND if caller is None and self._identity.open_access else caller
        await self.app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller | None:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if not given:
            return None
        kind, _, token = given[0].decode("latin-1").partition(" ")
        if len(given) > 1 or kind.lower() != "bearer":
            raise TokenError(
                expected="one header `Authorization: Bearer <token>`",
                got="another kind" if len(given) == 1 else "several",
                where="token",
            )
        return await self._identity.who(token.strip())

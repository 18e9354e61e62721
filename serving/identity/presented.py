"""Reads the token of every request before anything else does, so that nothing is sent to a stranger."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from recsys.errors import RecsysError
from serving.identity.contracts import BACKEND, Caller
from serving.identity.rates import Rates
from serving.identity.service import Identity
from serving.problems import refused
from serving.refusals import TokenError

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
    rates : Rates
        How often one may ask.
    """

    def __init__(self, app: ASGIApp, identity: Identity, rates: Rates) -> None:
        self.app, self._identity, self._rates = app, identity, rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with who asks."""
        if scope["type"] == "http":
            try:
                scope[CALLER], scope[ASKER] = await self._counted(scope)
            except RecsysError as error:
                await refused(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _counted(self, scope: Scope) -> tuple[Caller | None, Caller | None]:
        """Return who presents a token, and who asks; count the request, also one whose token is none."""
        address = scope["client"][0] if scope.get("client") else ""
        try:
            caller = await self._caller(scope)
        except RecsysError:
            await self._rates.check(None, address)
            raise
        opened = caller is None and self._identity.openness.to(scope)
        asker = BACKEND if opened else caller
        await self._rates.check(asker, address)
        return caller, asker

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

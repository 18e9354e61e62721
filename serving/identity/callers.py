"""Who asks, as a route wants to know it: each is a type that a parameter has."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from serving.identity.contracts import Caller, Scope
from serving.identity.presented import ASKER, CALLER
from serving.problems import NotAllowedError, TokenError


class _Bearer(SecurityBase):
    """A dependency that gives who asks, and says in the description of the API that a token is needed.

    Parameters
    ----------
    place : str
        Where in the request's scope it stands.
    scope : Scope, optional
        What the token must be good for.
    """

    def __init__(self, place: str, scope: Scope | None = None) -> None:
        self.model = HTTPBearer(
            bearerFormat="JWT", description="`recsys token` prints one for the demo"
        )
        self.scheme_name = "token"
        self._place, self._scope = place, scope

    async def __call__(self, request: Request) -> Caller:
        caller: Caller | None = request.scope[self._place]
        if caller is None:
            raise TokenError(
                expected="a header `Authorization: Bearer <token>`", got=None, where="token"
            )
        if self._scope is not None and self._scope not in caller.scopes:
            raise NotAllowedError(
                expected=f"a token of scope {self._scope}",
                got=" ".join(sorted(caller.scopes)),
                where="token",
            )
        return caller


CallerDep = Annotated[Caller, Depends(_Bearer(CALLER))]
"""Who presents a token; 401 without one."""

StaffDep = Annotated[Caller, Depends(_Bearer(CALLER, Scope.STAFF))]
"""One of the staff; 401 without a token, 403 with another."""

AskerDep = Annotated[Caller, Depends(_Bearer(ASKER))]
"""Who asks; 401 without a token, unless the replica is open: then it is the homepage's backend."""

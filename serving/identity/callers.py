"""Who asks, as a route wants to know it: each is a type that a parameter has."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from serving import queries
from serving.contracts import Query
from serving.identity.contracts import Caller, Scope
from serving.identity.presented import ASKER, CALLER
from serving.identity.service import bound
from serving.refusals import NotAllowedError, TokenError

Asked = TypeVar("Asked", bound=Query)


class _Bearer(SecurityBase):
    """A dependency that gives who asks, and says in the description of the API that a token is needed.

    Parameters
    ----------
    place : str
        Where in the request's scope it stands.
    scopes : Scope
        For one of which the token must be good; none says any.
    """

    def __init__(self, place: str, *scopes: Scope) -> None:
        self.model = HTTPBearer(
            bearerFormat="JWT", description="`recsys token` prints one for the demo"
        )
        self.scheme_name = "token"
        self._place, self._scopes = place, frozenset(scopes)

    def caller(self, request: Request) -> Caller:
        """Return who asks.

        Raises
        ------
        TokenError
            If nobody is known.
        NotAllowedError
            If the token is good for something else.
        """
        caller: Caller | None = request.scope[self._place]
        if caller is None:
            raise TokenError(
                expected="a header `Authorization: Bearer <token>`", got=None, where="token"
            )
        if self._scopes and not self._scopes & caller.scopes:
            raise NotAllowedError(
                expected=f"a token of scope {' or '.join(sorted(self._scopes))}",
                got=" ".join(sorted(caller.scopes)),
                where="token",
            )
        return caller


class _Caller(_Bearer):
    async def __call__(self, request: Request) -> Caller:
        return self.caller(request)


class Own(_Bearer):
    """A dependency that reads a query which names a viewer: who asks must be the one, and is the one if it names none."""

    def __init__(self, model: type[Query]) -> None:
        super().__init__(ASKER)
        self._model = model

    async def __call__(self, request: Request) -> Any:
        """Return the query as its model, of who asks.

        Raises
        ------
        TokenError, NotAllowedError
            If nobody is known, or it is another's.
        RequestValidationError
            If it is not what the model says.
        """
        caller = self.caller(request)
        named = "viewer_id" in self._model.model_fields
        asked = queries.parsed(self._model, request, bound(caller, None) if named else None)
        bound(caller, getattr(asked, "viewer_id", None))
        return asked


def own(model: type[Asked]) -> Any:
    """Return the dependency that reads a query as its model, whose ``viewer_id`` is then the caller's to name."""
    return Depends(Own(model))


CallerDep = Annotated[Caller, Depends(_Caller(CALLER))]
"""Who presents a token; 401 without one."""

StaffDep = Annotated[Caller, Depends(_Caller(CALLER, Scope.STAFF))]
"""One of the staff; 401 without a token, 403 with another."""

AskerDep = Annotated[Caller, Depends(_Caller(ASKER))]
"""Who asks; 401 without a token, unless the replica is open: then it is the homepage's backend."""

BackendDep = Annotated[Caller, Depends(_Caller(ASKER, Scope.SERVICE, Scope.STAFF))]
"""Who acts for any viewer; as ``AskerDep``, and 403 with a viewer's token."""

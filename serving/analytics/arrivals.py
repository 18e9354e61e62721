"""Events are answered before the framework looks for a route, which takes longer than to read and to write them down."""

from __future__ import annotations

from typing import Final

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from recsys.errors import RecsysError
from serving.analytics import batches
from serving.analytics.service import Intake
from serving.identity.contracts import Caller
from serving.identity.presented import ASKER
from serving.identity.service import check_own
from serving.problems import invalid, none_good, refused

EVENT: Final = "/api/analytics/event"


async def taken(request: Request, intake: Intake, asker: Caller) -> Response:
    """Take the events of a request, and return the answer.

    Raises
    ------
    RecsysError, RequestValidationError
        If none of them is taken.
    """
    intake.admit()
    body = await request.body()
    with intake.at_work():
        batch = batches.read(body)
        check_own(
            asker,
            ((batch.place(at, "viewerId"), one.viewer_id) for at, one in batch.events.items()),
        )
        done = await intake.take(batch)
    if done.accepted:
        return Response(done.model_dump_json(by_alias=True), 202, media_type="application/json")
    return none_good([(f"{one.index}.{one.field}", one.expected, one.got) for one in done.rejected])


class Arrivals:
    """ASGI middleware that takes events.

    It is no other door: the route that is described does the same, by the same function, and answers who has no
    token where one is needed.

    Parameters
    ----------
    app : ASGIApp
    intake : Intake
    """

    path = EVENT
    """Of the one route that is answered here, by which requests are counted."""

    def __init__(self, app: ASGIApp, intake: Intake) -> None:
        self.app, self._intake = app, intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take events, or pass the request on."""
        brings = scope["type"] == "http" and scope["path"] == EVENT and scope["method"] == "POST"
        if brings and (asker := scope[ASKER]) is not None:
            scope["route"] = self
            answer = await self._answer(Request(scope, receive), asker)
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, request: Request, asker: Caller) -> Response:
        try:
            return await taken(request, self._intake, asker)
        except RequestValidationError as error:
            return invalid(error)
        except RecsysError as error:
            return refused(error)

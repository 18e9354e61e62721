"""``POST /api/analytics/event`` and ``/video``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import TypeAdapter

from serving import bodies
from serving.analytics.arrivals import EVENT, taken
from serving.analytics.batches import EITHER
from serving.analytics.contracts import EXAMPLE, Taken
from serving.analytics.service import Intake
from serving.analytics.video import EXAMPLE as PLAYER_EXAMPLE
from serving.analytics.video import PlayerEvent, Players, PlayerTaken
from serving.database import DatabaseDownError
from serving.identity.callers import AskerDep
from serving.identity.service import bound
from serving.openapi import problems, unknown_title

router = APIRouter(tags=["analytics"])


async def _service(request: Request) -> Intake:
    return request.app.state.parts.intake


async def _players(request: Request) -> Players:
    return request.app.state.parts.players


IntakeDep = Annotated[Intake, Depends(_service)]
PlayersDep = Annotated[Players, Depends(_players)]

_PLAYER = TypeAdapter(PlayerEvent)


@router.post(
    EVENT,
    status_code=202,
    response_model=Taken,
    responses=problems(
        401,
        403,
        405,
        413,
        422,
        500,
        refusals=[unknown_title("titleId")],
        unavailable=DatabaseDownError.now(),
    ),
    openapi_extra=bodies.described(EITHER, EXAMPLE),
)
async def take_events(request: Request, intake: IntakeDep, asker: AskerDep) -> Response:
    """Take one event, or a list of up to 10,000; what is accepted is durable when the answer comes.

    The next page already reflects them. Sending an event again does no harm: the same ``eventId``
    counts once. Of a list the good events are taken and the bad ones named in ``rejected``, by their
    place and field; if none is good, the answer is a 422. A single event on a title that the catalog
    does not hold is a 404. With a viewer's token, each must be the viewer's own. A 503 says when to
    send the same again.
    """
    return await taken(request, intake, asker)


@router.post(
    "/api/analytics/video",
    status_code=202,
    responses=problems(401, 403, 404, 405, 413, 422, 500, unavailable=DatabaseDownError.now()),
    openapi_extra=bodies.described(_PLAYER, PLAYER_EXAMPLE),
)
async def take_player(request: Request, players: PlayersDep, asker: AskerDep) -> PlayerTaken:
    """Take what a player says of itself, in the names of HTML media events; it is durable when the answer comes.

    Kept as events: `play` and `playing` as play, `pause`, `timeupdate` as progress, `seeking` and `seeked` as seek,
    `ended` as complete if half was watched. How much was watched follows from the sitting's earlier events, what was
    skipped not counted. `waiting`, `stalled`, `rebuffer` and `error` are only counted, with `startSeconds` and
    `stalledSeconds`, for whoever runs the service. The timestamp is ISO 8601, or milliseconds since 1970.
    """
    told = bodies.read(_PLAYER, await request.body())
    viewer_id = bound(asker, told.viewer_id)
    if viewer_id is None:
        raise bodies.missing("viewerId")
    return await players.take(viewer_id, told)

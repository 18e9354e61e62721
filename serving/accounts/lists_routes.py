"""``/api/user/watchlist`` and ``/api/user/history``."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response

from serving.accounts.asking import ViewerDep
from serving.accounts.listed import AskedForPage, Saved, WatchHistory, Watchlist
from serving.accounts.lists import Lists
from serving.contracts import Identifier
from serving.cursors import UNKNOWN
from serving.database import DatabaseDownError
from serving.openapi import problems
from serving.queries import described, read

router = APIRouter(prefix="/api/user", tags=["account"])

_LISTS: Final = problems(
    401, 403, 405, 422, 500, refusals=(UNKNOWN,), unavailable=DatabaseDownError.now()
)
_ONE: Final = problems(401, 403, 405, 422, 500, unavailable=DatabaseDownError.now())


async def _service(request: Request) -> Lists:
    return request.app.state.parts.lists


ServiceDep = Annotated[Lists, Depends(_service)]
PageDep = Annotated[AskedForPage, read(AskedForPage)]
ContentId = Annotated[Identifier, Path(alias="contentId", examples=["t0007"])]


@router.get("/watchlist", responses=_LISTS, openapi_extra=described(AskedForPage))
def watchlist(lists: ServiceDep, member: ViewerDep, asked: PageDep) -> Watchlist:
    """Give what the viewer means to watch, the newest first; what may not be shown now is left out until it may."""
    return lists.watchlist(member.viewer, asked)


@router.post("/watchlist/{contentId}", responses=_ONE | problems(404))
async def add(lists: ServiceDep, member: ViewerDep, content_id: ContentId) -> Saved:
    """Put a title on the watchlist, an episode as its series; once more changes nothing."""
    return await lists.add(member.viewer, content_id)


@router.delete("/watchlist/{contentId}", status_code=204, responses=_ONE, response_class=Response)
async def remove(lists: ServiceDep, member: ViewerDep, content_id: ContentId) -> None:
    """Take a title from the watchlist; what is not there is no error."""
    await lists.remove(member.viewer, content_id)


@router.get("/history", responses=_LISTS, openapi_extra=described(AskedForPage))
def history(lists: ServiceDep, member: ViewerDep, asked: PageDep) -> WatchHistory:
    """Give what the viewer watched, the latest first; what may not be shown now is left out until it may."""
    return lists.history(member.viewer, asked)


@router.delete(
    "/history/{contentId}",
    status_code=204,
    responses=_ONE | problems(404),
    response_class=Response,
)
def forget(lists: ServiceDep, member: ViewerDep, content_id: ContentId) -> None:
    """Take a title out of the history, a series with its episodes: the very next page knows nothing of it.

    Ratings, thumbs and its place on the watchlist go with it; what is done with it from now on counts again.
    """
    lists.forget(member.viewer, content_id)

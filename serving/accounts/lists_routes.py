"""``/api/user/watchlist`` and ``/api/user/history``."""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, Path, Request, Response

from serving.accounts.asking import ViewerDep
from serving.accounts.listed import AskedForPage, Saved, WatchHistory, Watchlist
from serving.accounts.lists import Lists
from serving.contracts import Identifier, Reader
from serving.cursors import UNKNOWN
from serving.database import DatabaseDownError
from serving.openapi import problems
from serving.queries import described, read
from serving.tagged import Told, in_language

Answer = TypeVar("Answer")

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
def watchlist(
    lists: ServiceDep, response: Response, member: ViewerDep, asked: PageDep
) -> Watchlist:
    """Give what the viewer means to watch, the newest first; what may not be shown now is left out until it may."""
    return _in_language(response, lists.watchlist(member.viewer, asked))


@router.post(
    "/watchlist/{contentId}",
    responses=_ONE | problems(404),
    openapi_extra=described(Reader),
)
async def add(
    lists: ServiceDep,
    response: Response,
    member: ViewerDep,
    content_id: ContentId,
    asked: Annotated[Reader, read(Reader)],
) -> Saved:
    """Put a title on the watchlist, an episode as its series; once more changes nothing."""
    return _in_language(response, await lists.add(member.viewer, content_id, asked))


@router.delete("/watchlist/{contentId}", status_code=204, responses=_ONE, response_class=Response)
async def remove(lists: ServiceDep, member: ViewerDep, content_id: ContentId) -> None:
    """Take a title from the watchlist; what is not there is no error."""
    await lists.remove(member.viewer, content_id)


@router.get("/history", responses=_LISTS, openapi_extra=described(AskedForPage))
def history(
    lists: ServiceDep, response: Response, member: ViewerDep, asked: PageDep
) -> WatchHistory:
    """Give what the viewer watched, the latest first; what may not be shown now is left out until it may."""
    return _in_language(response, lists.history(member.viewer, asked))


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


def _in_language(response: Response, told: Told[Answer]) -> Answer:
    response.headers.update(in_language(told.language))
    return told.answer

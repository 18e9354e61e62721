"""``GET /api/content…``."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from serving.catalog.contracts import (
    AskedForNew,
    AskedForTrending,
    AskedOfCatalog,
    Categories,
    Content,
    NewReleases,
    Trending,
)
from serving.catalog.service import Contents
from serving.contracts import Identifier
from serving.cursors import UNKNOWN
from serving.identity.callers import own
from serving.openapi import problems
from serving.queries import described
from serving.recommendations.contracts import AskedForSimilar, Listed
from serving.recommendations.replies import sent_list
from serving.recommendations.service import Recommendations
from serving.refusals import NoCatalogError
from serving.tagged import PRIVATE, Kept, sent

router = APIRouter(prefix="/api/content", tags=["catalog"])

PROBLEMS = problems(401, 403, 405, 422, 500, unavailable=NoCatalogError.now())
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "It is still the same"}}
SHARED: Final = "public, max-age=0, s-maxage=1"
"""A CDN may keep it for as long as a takedown may take, so that it asks once a second however many ask it."""
VARY: Final = "Authorization"


async def _contents(request: Request) -> Contents:
    return request.app.state.parts.contents


async def _recommendations(request: Request) -> Recommendations:
    return request.app.state.parts.recommendations


Part = Annotated[Contents, Depends(_contents)]
ContentId = Annotated[Identifier, Path(alias="contentId", examples=["t0007"])]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="an earlier `ETag`",
        examples=['"5f0c8e1d2b7a4c6e9f3a1b2c"'],
    ),
]


@router.get(
    "/trending",
    responses=PROBLEMS | NOT_MODIFIED,
    response_model=Trending,
    openapi_extra=described(AskedForTrending),
)
def trending(
    contents: Part,
    asked: Annotated[AskedForTrending, own(AskedForTrending)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give what many watch now in a region: in the last hours, then as the bundle knows it.

    Viewers are counted with noise, which stays the same for as long as a count does: the counts tell of nobody.
    """
    return _answer(contents.trending(asked), asked, if_none_match)


@router.get(
    "/categories",
    responses=PROBLEMS | NOT_MODIFIED,
    response_model=Categories,
    openapi_extra=described(AskedOfCatalog),
)
def categories(
    contents: Part,
    asked: Annotated[AskedOfCatalog, own(AskedOfCatalog)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give the types and genres of what may be watched here, with how many there are and a poster of each."""
    return _answer(contents.categories(asked), asked, if_none_match)


@router.get(
    "/new-releases",
    responses=PROBLEMS | problems(refusals=[UNKNOWN]) | NOT_MODIFIED,
    response_model=NewReleases,
    openapi_extra=described(AskedForNew),
)
def new_releases(
    contents: Part,
    asked: Annotated[AskedForNew, own(AskedForNew)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give what is new here, the newest first, and by `nextCursor` what follows.

    What arrives between two pages moves none of the titles that are yet to come.
    """
    return _answer(contents.new_releases(asked), asked, if_none_match)


@router.get(
    "/{contentId}",
    responses=PROBLEMS | problems(404) | NOT_MODIFIED,
    response_model=Content,
    openapi_extra=described(AskedOfCatalog),
)
def content(
    contents: Part,
    content_id: ContentId,
    asked: Annotated[AskedOfCatalog, own(AskedOfCatalog)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give a title with all that is known of it; a series with its seasons and episodes, in their order.

    One that may not be shown in the region, at the age or at the moment is unknown.
    """
    return _answer(contents.content(content_id, asked), asked, if_none_match)


@router.get(
    "/{contentId}/recommendations",
    responses=PROBLEMS | problems(400, 404),
    response_model=Listed,
    openapi_extra=described(AskedForSimilar),
)
def around(
    contents: Part,
    recommendations: Annotated[Recommendations, Depends(_recommendations)],
    content_id: ContentId,
    asked: Annotated[AskedForSimilar, own(AskedForSimilar)],
) -> Response:
    """Give titles like one, those first that the viewer is likeliest to watch."""
    listed = recommendations.around(
        content_id, asked, lambda context: contents.check_shown(content_id, context)
    )
    return sent_list(listed, PRIVATE)


def _answer(kept: Kept, asked: AskedOfCatalog, if_none_match: str | None) -> Response:
    """Return an answer that others may keep, unless it depends on who asks."""
    who_keeps = SHARED if asked.viewer_id is None else PRIVATE
    return sent(kept, if_none_match, who_keeps, vary=VARY)

"""``GET /api/recommendations…``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from serving.contracts import Identifier
from serving.once import parameters_once
from serving.openapi import problems
from serving.problems import NoCatalogError
from serving.recommendations import batch
from serving.recommendations.contracts import (
    AskedForHome,
    AskedForMore,
    AskedForPicks,
    AskedForSimilar,
    AskedForTitles,
    Home,
    Listed,
)
from serving.recommendations.explanation import AskedWhy, Explained
from serving.recommendations.pages import Pages
from serving.recommendations.service import Recommendations

router = APIRouter(
    prefix="/api/recommendations",
    tags=["recommendations"],
    dependencies=[Depends(parameters_once)],
)

PROBLEMS = problems(400, 405, 422, 500, unavailable=NoCatalogError.now())


async def _service(request: Request) -> Recommendations:
    return request.app.state.parts.recommendations


async def _pages(request: Request) -> Pages:
    return request.app.state.parts.pages


ServiceDep = Annotated[Recommendations, Depends(_service)]
PagesDep = Annotated[Pages, Depends(_pages)]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="an earlier `ETag`",
        examples=['"5f0c8e1d2b7a4c6e9f3a1b2c"'],
    ),
]
PARQUET: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A Parquet file",
        "content": {
            batch.MEDIA_TYPE: {
                "schema": {"type": "string", "format": "binary"},
                "example": "PAR1…PAR1",
            }
        },
    }
}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The page is still the same"}}
ContentId = Annotated[Identifier, Path(alias="contentId", examples=["t0007"])]


@router.get("/home", responses=PROBLEMS | NOT_MODIFIED, response_model=Home)
def home(
    pages: PagesDep, asked: Annotated[AskedForHome, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """Give a viewer's homepage; an unknown viewer gets the new viewer's page.

    Its `ETag` is of exactly this page: asked with it again while nothing changed, the answer is 304 and empty.
    """
    kept = pages.home(asked)
    headers = {"ETag": kept.tag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and kept.tag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(kept.body, headers=headers, media_type="application/json")


@router.get("/home/more", responses=PROBLEMS)
def more(pages: PagesDep, asked: Annotated[AskedForMore, Query()]) -> Home:
    """Give the rows that follow on a page, or the titles that follow in a row, by a `nextCursor`.

    They are those of the page when it was made, whatever happened since; what may not be shown any more is left out.
    """
    return pages.more(asked)


@router.post(
    "/batch",
    responses=problems(405, 413, 422, 500, unavailable=NoCatalogError.now()) | PARQUET,
    openapi_extra={"requestBody": {"required": True, "content": PARQUET[200]["content"]}},
    response_class=Response,
)
async def many(service: ServiceDep, request: Request) -> Response:
    """Give the homepages of many viewers: Parquet in, with `viewer_id` and perhaps `region` and `maximum_age`, and out.

    Each is the page that the viewer would see now; a line of the answer is a title in its place.
    """
    made = await run_in_threadpool(_many, service, await request.body())
    return Response(made, media_type=batch.MEDIA_TYPE)


@router.get("", responses=PROBLEMS)
def titles(service: ServiceDep, asked: Annotated[AskedForTitles, Query()]) -> Listed:
    """Give the best titles for a viewer by one kind of model."""
    return service.titles(asked)


@router.get("/onboarding", responses=PROBLEMS)
def onboarding(service: ServiceDep, asked: Annotated[AskedForPicks, Query()]) -> Listed:
    """Give titles for a newcomer to pick from: known to many, and unlike each other.

    What is picked is told as `thumb` events of value 1, of a viewer or in a guest's session.
    """
    return service.to_pick(asked)


@router.get("/similar/{contentId}", responses=PROBLEMS | problems(404))
def similar(
    service: ServiceDep, content_id: ContentId, asked: Annotated[AskedForSimilar, Query()]
) -> Listed:
    """Give the titles most like one, as far as the viewer may see them."""
    return service.similar(content_id, asked)


@router.get("/explain", responses=PROBLEMS | problems(404))
def explain(service: ServiceDep, asked: Annotated[AskedWhy, Query()]) -> Explained:
    """Say why a title has its place for a viewer, down to each watched title and each feature."""
    return service.explain(asked)


def _many(service: Recommendations, body: bytes) -> bytes:
    return batch.answered(batch.asked(body), service.home_at_leisure)

"""``GET /api/recommendations…``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from serving.contracts import Identifier
from serving.cursors import UNKNOWN
from serving.identity.callers import BackendDep, own
from serving.openapi import problems
from serving.queries import described
from serving.recommendations import batch
from serving.recommendations.again import question_of
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
from serving.recommendations.replies import sent_list
from serving.recommendations.service import Recommendations
from serving.refusals import NoCatalogError
from serving.tagged import in_language, sent

router = APIRouter(prefix="/api/recommendations", tags=["recommendations"])

PROBLEMS = problems(400, 401, 403, 405, 422, 500, unavailable=NoCatalogError.now())


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


@router.get(
    "/home",
    responses=PROBLEMS | NOT_MODIFIED,
    response_model=Home,
    openapi_extra=described(AskedForHome),
)
def home(
    request: Request,
    pages: PagesDep,
    asked: Annotated[AskedForHome, own(AskedForHome)],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Give a viewer's homepage; an unknown viewer gets the new viewer's page.

    Its `ETag` is of exactly this page: asked with it again while nothing changed, the answer is 304 and empty.
    """
    return sent(pages.home(asked, question_of(request.scope)), if_none_match)


@router.get(
    "/home/more",
    responses=PROBLEMS | problems(refusals=[UNKNOWN]),
    openapi_extra=described(AskedForMore),
)
def more(
    pages: PagesDep, response: Response, asked: Annotated[AskedForMore, own(AskedForMore)]
) -> Home:
    """Give the rows that follow on a page, or the titles that follow in a row, by a `nextCursor`.

    They are those of the page when it was made, whatever happened since; what may not be shown any more is left out.
    """
    page, language = pages.more(asked)
    response.headers.update(in_language(language))
    return page


@router.post(
    "/batch",
    responses=problems(401, 403, 405, 413, 422, 500, unavailable=NoCatalogError.now()) | PARQUET,
    openapi_extra={"requestBody": {"required": True, "content": PARQUET[200]["content"]}},
    response_class=Response,
)
async def many(service: ServiceDep, request: Request, _: BackendDep) -> Response:
    """Give the homepages of many viewers: Parquet in, with `viewer_id` and perhaps `region`, `maximum_age` and `device_type`, and out.

    Needs a token of a service, or of staff. Each is the page that the viewer would see now; a line of the answer is a title in its place.
    """
    made = await run_in_threadpool(_many, service, await request.body())
    return Response(made, media_type=batch.MEDIA_TYPE)


@router.get("", responses=PROBLEMS, response_model=Listed, openapi_extra=described(AskedForTitles))
def titles(service: ServiceDep, asked: Annotated[AskedForTitles, own(AskedForTitles)]) -> Response:
    """Give the best titles for a viewer by one kind of model."""
    return sent_list(service.titles(asked))


@router.get(
    "/onboarding", responses=PROBLEMS, response_model=Listed, openapi_extra=described(AskedForPicks)
)
def onboarding(
    service: ServiceDep, asked: Annotated[AskedForPicks, own(AskedForPicks)]
) -> Response:
    """Give titles for a newcomer to pick from: known to many, and unlike each other.

    What is picked is told as `thumb` events of value 1, of a viewer or in a guest's session.
    """
    return sent_list(service.to_pick(asked))


@router.get(
    "/similar/{contentId}",
    responses=PROBLEMS | problems(404),
    response_model=Listed,
    openapi_extra=described(AskedForSimilar),
)
def similar(
    service: ServiceDep,
    content_id: ContentId,
    asked: Annotated[AskedForSimilar, own(AskedForSimilar)],
) -> Response:
    """Give the titles most like one, as far as the viewer may see them."""
    return sent_list(service.similar(content_id, asked))


@router.get("/explain", responses=PROBLEMS | problems(404), openapi_extra=described(AskedWhy))
def explain(
    service: ServiceDep, response: Response, asked: Annotated[AskedWhy, own(AskedWhy)]
) -> Explained:
    """Say why a title has its place for a viewer, down to each watched title and each feature."""
    why, language = service.explain(asked)
    response.headers.update(in_language(language))
    return why


def _many(service: Recommendations, body: bytes) -> bytes:
    return batch.answered(batch.asked(body), service.home_at_leisure)

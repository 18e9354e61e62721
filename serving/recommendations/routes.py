"""``GET /api/recommendations…``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from serving.contracts import Identifier
from serving.once import parameters_once
from serving.openapi import problems
from serving.problems import NoCatalogError
from serving.recommendations.contracts import (
    Asked,
    AskedForSimilar,
    AskedForTitles,
    Home,
    Listed,
)
from serving.recommendations.explanation import AskedWhy, Explained
from serving.recommendations.service import Recommendations

router = APIRouter(
    prefix="/api/recommendations",
    tags=["recommendations"],
    dependencies=[Depends(parameters_once)],
)

PROBLEMS = problems(400, 405, 422, 500, unavailable=NoCatalogError.now())


async def _service(request: Request) -> Recommendations:
    return request.app.state.parts.recommendations


ServiceDep = Annotated[Recommendations, Depends(_service)]
ContentId = Annotated[Identifier, Path(alias="contentId", examples=["t0007"])]


@router.get("/home", responses=PROBLEMS)
def home(service: ServiceDep, asked: Annotated[Asked, Query()]) -> Home:
    """Give a viewer's homepage; an unknown viewer gets the new viewer's page."""
    return service.home(asked)


@router.get("", responses=PROBLEMS)
def titles(service: ServiceDep, asked: Annotated[AskedForTitles, Query()]) -> Listed:
    """Give the best titles for a viewer by one kind of model."""
    return service.titles(asked)


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

"""``GET /api/recommendations…``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from serving.contracts import Identifier
from serving.parts import Parts, parts_of
from serving.problems import RESPONSES
from serving.recommendations.contracts import (
    Asked,
    AskedForSimilar,
    AskedForTitles,
    Home,
    Listed,
)

router = APIRouter(prefix="/api/recommendations", tags=["recommendations"], responses=RESPONSES)

PartsDep = Annotated[Parts, Depends(parts_of)]
ContentId = Annotated[Identifier, Path(alias="contentId", examples=["t0007"])]


@router.get("/home")
def home(parts: PartsDep, asked: Annotated[Asked, Query()]) -> Home:
    """Give a viewer's homepage; an unknown viewer gets the new viewer's page."""
    return parts.recommendations.home(asked)


@router.get("")
def titles(parts: PartsDep, asked: Annotated[AskedForTitles, Query()]) -> Listed:
    """Give the best titles for a viewer by one kind of model."""
    return parts.recommendations.titles(asked)


@router.get("/similar/{contentId}")
def similar(
    parts: PartsDep, content_id: ContentId, asked: Annotated[AskedForSimilar, Query()]
) -> Listed:
    """Give the titles most like one, as far as the viewer may see them."""
    return parts.recommendations.similar(content_id, asked)

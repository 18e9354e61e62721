"""``/api/staff/…``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from serving import bodies
from serving.contracts import SLUG, Identifier
from serving.database import DatabaseDownError
from serving.identity.callers import StaffDep
from serving.openapi import problems, unknown_title
from serving.queries import described, read
from serving.refusals import ImportFileError, PlacementError, UnknownPlacementError
from serving.staff.contracts import (
    PROMOTION,
    ROW,
    TAKEDOWN,
    AskedForChanges,
    AskedToImport,
    ChangeLog,
    EditorialRow,
    Imported,
    Placed,
    Placements,
    PromotedTitles,
    Reasoned,
    Takedown,
    Takedowns,
)
from serving.staff.files import CSV, JSONL, PARQUET
from serving.staff.placing import Placing
from serving.staff.service import Staff

router = APIRouter(prefix="/api/staff", tags=["staff"])

_WHY = TypeAdapter(Reasoned)
_ROW = TypeAdapter(EditorialRow)
_PROMOTION = TypeAdapter(PromotedTitles)

DOWN = DatabaseDownError.now()
PROBLEMS = problems(401, 403, 405, 422, 500, unavailable=DOWN)
LISTING = problems(401, 403, 405, 500, unavailable=DOWN)
WRITING = problems(401, 403, 404, 405, 413, 422, 500, unavailable=DOWN)
IMPORTING = problems(
    401, 403, 405, 413, 500, refusals=(ImportFileError.example(),), unavailable=DOWN
)
PLACING = problems(
    401,
    403,
    405,
    413,
    500,
    refusals=(unknown_title("titles.0"), PlacementError.example()),
    unavailable=DOWN,
)
REMOVING = problems(
    401, 403, 405, 422, 500, refusals=(UnknownPlacementError.example(),), unavailable=DOWN
)
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            CSV: {
                "schema": {"type": "string"},
                "example": "title_id,title_type,name\nt0100,movie,The Long Way\n",
            },
            JSONL: {
                "schema": {"type": "string"},
                "example": '{"title_id": "t0007", "maturity_rating": "16"}\n',
            },
            PARQUET: {"schema": {"type": "string", "format": "binary"}, "example": "PAR1…PAR1"},
        },
    }
}


async def _staff(request: Request) -> Staff:
    return request.app.state.parts.staff


async def _placing(request: Request) -> Placing:
    return request.app.state.parts.placing


StaffPart = Annotated[Staff, Depends(_staff)]
PlacingPart = Annotated[Placing, Depends(_placing)]
ContentId = Annotated[Identifier, Path(alias="contentId", examples=["t0007"])]
Slug = Annotated[str, Path(alias="rowId", pattern=SLUG, examples=["north"])]
PromotionId = Annotated[str, Path(alias="promotionId", pattern=SLUG, examples=["autumn"])]


@router.post("/catalog/import", responses=IMPORTING, openapi_extra=FILE | described(AskedToImport))
async def take_file(
    request: Request,
    staff: StaffPart,
    caller: StaffDep,
    asked: Annotated[AskedToImport, read(AskedToImport)],
) -> Imported:
    """Take in a file of titles, as CSV, JSON lines or Parquet: columns and units are those of TITLES.

    A title that is there is changed in what the file says of it, any other is added. Rows that are wrong are named
    by line and field, and the others land all together. With `dryRun` nothing does, and the answer is the same.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    return await run_in_threadpool(
        lambda: staff.take_file(media_type, body, caller.subject, dry_run=asked.dry_run)
    )


@router.post(
    "/titles/{contentId}/takedown",
    responses=WRITING,
    openapi_extra=bodies.described(_WHY, TAKEDOWN),
)
async def take_down(
    request: Request, staff: StaffPart, caller: StaffDep, content_id: ContentId
) -> Takedown:
    """Take a title down: within a second nobody is shown it on any path, nor the episodes of a series."""
    why = bodies.read(_WHY, await request.body())
    return await run_in_threadpool(staff.take_down, content_id, why, caller.subject)


@router.post(
    "/titles/{contentId}/restore",
    responses=WRITING,
    openapi_extra=bodies.described(_WHY, TAKEDOWN),
)
async def restore(
    request: Request, staff: StaffPart, caller: StaffDep, content_id: ContentId
) -> Takedown:
    """Take a takedown back: the title is shown again as far as its rights let it."""
    why = bodies.read(_WHY, await request.body())
    return await run_in_threadpool(staff.restore, content_id, why, caller.subject)


@router.get("/takedowns", responses=LISTING)
def takedowns(staff: StaffPart, _: StaffDep) -> Takedowns:
    """Give all that is taken down, and why."""
    return staff.takedowns()


@router.get("/changes", responses=PROBLEMS, openapi_extra=described(AskedForChanges))
def changes(
    staff: StaffPart, _: StaffDep, asked: Annotated[AskedForChanges, read(AskedForChanges)]
) -> ChangeLog:
    """Give who changed what of the catalog, and when: the newest first, of one title or of all."""
    return staff.changes(asked.content_id, asked.limit)


@router.get("/placements", responses=LISTING)
def placements(placing: PlacingPart, _: StaffDep) -> Placements:
    """Give the rows and promotions that are placed, what is over and what is yet to come among them."""
    return placing.all()


@router.put("/rows/{rowId}", responses=PLACING, openapi_extra=bodies.described(_ROW, ROW))
async def place_row(
    request: Request, placing: PlacingPart, caller: StaffDep, row_id: Slug
) -> Placed:
    """Place a row of titles on pages, or change it; the next page has it while its time lasts."""
    row = bodies.read(_ROW, await request.body())
    return await run_in_threadpool(placing.place, "row", row_id, row, caller.subject)


@router.delete("/rows/{rowId}", responses=REMOVING)
def remove_row(placing: PlacingPart, caller: StaffDep, row_id: Slug) -> Placed:
    """Let go of a row that was placed."""
    return placing.remove("row", row_id, caller.subject)


@router.put(
    "/promotions/{promotionId}",
    responses=PLACING,
    openapi_extra=bodies.described(_PROMOTION, PROMOTION),
)
async def place_promotion(
    request: Request, placing: PlacingPart, caller: StaffDep, promotion_id: PromotionId
) -> Placed:
    """Give some titles a share of the places in rows that recommend, for a time."""
    promotion = bodies.read(_PROMOTION, await request.body())
    return await run_in_threadpool(
        placing.place, "promotion", promotion_id, promotion, caller.subject
    )


@router.delete("/promotions/{promotionId}", responses=REMOVING)
def remove_promotion(placing: PlacingPart, caller: StaffDep, promotion_id: PromotionId) -> Placed:
    """Let go of a promotion."""
    return placing.remove("promotion", promotion_id, caller.subject)

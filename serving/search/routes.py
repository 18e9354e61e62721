"""``GET /api/search``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from serving.identity.callers import own
from serving.openapi import problems
from serving.queries import described
from serving.refusals import NoIndexError
from serving.search.contracts import AskedToSearch, SearchAnswer
from serving.search.replies import sent_search
from serving.search.service import Searches

router = APIRouter(prefix="/api/search", tags=["search"])


async def _service(request: Request) -> Searches:
    return request.app.state.parts.searches


ServiceDep = Annotated[Searches, Depends(_service)]


@router.get(
    "",
    responses=problems(401, 403, 405, 422, 500, unavailable=NoIndexError.now()),
    response_model=SearchAnswer,
    openapi_extra=described(AskedToSearch),
)
def search(searches: ServiceDep, asked: Annotated[AskedToSearch, own(AskedToSearch)]) -> Response:
    """Find titles by name, person, genre, and whatever parts of a question are understood.

    Typing errors are forgiven. Among titles that answer equally well, the viewer's taste decides. With `suggest`
    the question is completed instead. Whatever the viewer may not be shown is neither found, counted nor suggested.
    """
    return sent_search(searches.body(asked))

"""``/``, its files, the posters, and the viewers that the page offers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import FileResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from serving.database import DatabaseDownError
from serving.identity.callers import BackendDep
from serving.openapi import problems
from serving.web.contracts import SampleViewer
from serving.web.service import Samples

router = APIRouter(tags=["page"])

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: data:; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, no-cache",
}


class Files(StaticFiles):
    """Files of the page: kept by anyone who asks each time whether they are still the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file that may be kept."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, no-cache"
        return response


class Posters(StaticFiles):
    """Artwork from outside: an SVG is shown, and never runs."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a poster that may not do anything."""
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'"
        )
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response


def mount(app: FastAPI, artwork: Path) -> None:
    """Serve the page's files, and the posters where there are any."""
    app.mount("/static", Files(directory=STATIC))
    if artwork.is_dir():
        app.mount("/artwork", Posters(directory=artwork))


@router.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Give the page."""
    return FileResponse(STATIC / "index.html", headers=HEADERS)


@router.get("/docs", include_in_schema=False)
async def docs() -> FileResponse:
    """Give the description of the API, for people."""
    return FileResponse(STATIC / "docs.html", headers=HEADERS)


async def _service(request: Request) -> Samples:
    return request.app.state.parts.samples


@router.get(
    "/api/viewers/sample",
    responses=problems(401, 403, 405, 500, unavailable=DatabaseDownError.now()),
)
def sample(samples: Annotated[Samples, Depends(_service)], _: BackendDep) -> list[SampleViewer]:
    """Give a few viewers to look at: in a demo on one machine, and nowhere else."""
    return samples.viewers()

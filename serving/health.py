"""``/health``, ``/ready`` and ``/metrics``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse
from pydantic import ConfigDict
from starlette.concurrency import run_in_threadpool

from serving.contracts import Reply
from serving.identity.callers import BackendDep
from serving.openapi import problems
from serving.parts import Parts, parts_of

router = APIRouter(tags=["operation"])

PartsDep = Annotated[Parts, Depends(parts_of)]


class Health(Reply):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "alive"}]})

    status: Literal["alive"] = "alive"


class Ready(Reply):
    """Whether every part is there; without one, pages still come, less personal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"ready": True, "bundle": "0a1b2c3d4e5f6071", "database": True}]
        }
    )

    ready: bool
    bundle: str | None
    """Id of the bundle that answers."""
    database: bool


UNREADY: dict[int | str, dict[str, Any]] = {
    503: {
        "model": Ready,
        "content": {
            "application/json": {
                "example": {"ready": False, "bundle": "0a1b2c3d4e5f6071", "database": False}
            }
        },
    }
}
METERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"example": 'recsys_part_up{part="database"} 1.0\n'}}}
}


@router.get("/health", responses=problems(405, 500))
async def health() -> Health:
    """Say that the process is alive."""
    return Health()


@router.get("/ready", responses=UNREADY | problems(405, 500))
async def ready(parts: PartsDep, response: Response) -> Ready:
    """Say whether the replica has a bundle and a database; 503 if not, so that others get the load."""
    bundle, up = parts.champion.bundle_id, parts.database.up
    state = Ready(ready=bundle is not None and up, bundle=bundle, database=up)
    response.status_code = 200 if state.ready else 503
    return state


@router.get(
    "/metrics", response_class=PlainTextResponse, responses=METERS | problems(401, 403, 405, 500)
)
async def metrics(parts: PartsDep, _: BackendDep) -> Response:
    """Give the meters in Prometheus' text format: to programs and staff, since they say how the house is doing."""
    await run_in_threadpool(parts.activity.look)
    parts.metrics.up.labels("database").set(parts.database.up)
    parts.metrics.up.labels("bundle").set(parts.champion.bundle_id is not None)
    return Response(parts.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

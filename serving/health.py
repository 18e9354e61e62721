"""``/health``, ``/ready`` and ``/metrics``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response

from serving.contracts import Contract
from serving.parts import Parts, parts_of

router = APIRouter(tags=["operation"])

PartsDep = Annotated[Parts, Depends(parts_of)]


class Health(Contract):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(Contract):
    """Whether every part is there; without one, pages still come, less personal."""

    ready: bool
    bundle: str | None
    """Id of the bundle that answers."""
    database: bool


@router.get("/health")
async def health() -> Health:
    """Say that the process is alive."""
    return Health()


@router.get("/ready", responses={503: {"model": Ready}})
async def ready(parts: PartsDep, response: Response) -> Ready:
    """Say whether the replica has a bundle and a database; 503 if not, so that others get the load."""
    bundle, up = parts.champion.bundle_id, parts.database.up
    state = Ready(ready=bundle is not None and up, bundle=bundle, database=up)
    response.status_code = 200 if state.ready else 503
    return state


@router.get("/metrics", response_class=Response)
async def metrics(parts: PartsDep) -> Response:
    """Give the meters in Prometheus' text format."""
    parts.metrics.up.labels("database").set(parts.database.up)
    parts.metrics.up.labels("bundle").set(parts.champion.bundle_id is not None)
    return Response(parts.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

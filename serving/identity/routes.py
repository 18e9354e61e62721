"""``GET /.well-known/jwks.json``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from serving.identity.contracts import PublicKeys
from serving.identity.service import Identity
from serving.openapi import problems

router = APIRouter(tags=["identity"])


async def _service(request: Request) -> Identity:
    return request.app.state.parts.identity


@router.get("/.well-known/jwks.json", responses=problems(405, 500))
def keys(identity: Annotated[Identity, Depends(_service)], response: Response) -> PublicKeys:
    """Give the public keys of the local issuer, by which anybody can verify its tokens."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return identity.public_keys()

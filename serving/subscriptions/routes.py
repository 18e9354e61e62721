"""``/api/subscription/…``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from serving import bodies
from serving.accounts.asking import MemberDep
from serving.database import DatabaseDownError
from serving.identity.callers import CallerDep
from serving.openapi import problems
from serving.refusals import ConflictError, NoPaymentsError, PaymentError, SignatureError
from serving.subscriptions import signatures
from serving.subscriptions.contracts import (
    KEY_EXAMPLE,
    TOLD,
    UPGRADE,
    Key,
    Offer,
    Status,
    Taken,
    Told,
    Upgrade,
)
from serving.subscriptions.service import Subscriptions

router = APIRouter(prefix="/api/subscription", tags=["subscription"])

_UPGRADE = TypeAdapter(Upgrade)
_TOLD = TypeAdapter(Told)
_REFUSALS = (
    PaymentError(expected="a payment", got="a refusal", where="tier"),
    ConflictError(expected="one upgrade at a time", got="another", where="Idempotency-Key"),
    NoPaymentsError.here(),
)


async def _service(request: Request) -> Subscriptions:
    return request.app.state.parts.subscriptions


async def _secret(request: Request) -> bytes:
    return request.app.state.parts.payment_secret


ServiceDep = Annotated[Subscriptions, Depends(_service)]
KeyDep = Annotated[
    Key,
    Header(
        alias="Idempotency-Key",
        description="yours to choose, another for every upgrade that is another",
        examples=[KEY_EXAMPLE],
    ),
]
SignatureDep = Annotated[
    str | None,
    Header(
        alias=signatures.HEADER,
        description="HMAC-SHA256, by the shared secret, of the seconds since 1970, a dot and the body",
        examples=[f"t=1732406400,v1={'0' * 64}"],
    ),
]


@router.get("/tiers", responses=problems(401, 405, 500))
async def tiers(subscriptions: ServiceDep, _: CallerDep) -> Offer:
    """Give the tiers on offer, the smallest first."""
    return subscriptions.offer()


@router.get("/status", responses=problems(401, 403, 405, 500, unavailable=DatabaseDownError.now()))
def status(subscriptions: ServiceDep, member: MemberDep) -> Status:
    """Give how the token's account stands, and what it may do now."""
    return subscriptions.status(member.account_id)


@router.post(
    "/upgrade",
    responses=problems(
        401, 403, 405, 413, 422, 500, refusals=_REFUSALS, unavailable=DatabaseDownError.now()
    ),
    openapi_extra=bodies.described(_UPGRADE, UPGRADE),
)
async def upgrade(
    request: Request, subscriptions: ServiceDep, member: MemberDep, key: KeyDep
) -> Status:
    """Take the account to a higher tier; asked again by the same key, it is answered the same and paid for once."""
    wish = bodies.read(_UPGRADE, await request.body())
    return await run_in_threadpool(subscriptions.upgrade, member, wish, key)


@router.post(
    "/webhook",
    responses=problems(
        405,
        413,
        422,
        500,
        refusals=(SignatureError(expected="a signature", got=None, where=signatures.HEADER),),
        unavailable=DatabaseDownError.now(),
    ),
    openapi_extra=bodies.described(_TOLD, TOLD),
)
async def webhook(
    request: Request,
    subscriptions: ServiceDep,
    secret: Annotated[bytes, Depends(_secret)],
    signature: SignatureDep = None,
) -> Taken:
    """Take in what the payment provider tells, signed by it; told twice, it counts once."""
    body = await request.body()
    signatures.check(secret, body, signature)
    told = bodies.read(_TOLD, body)
    return Taken(applied=await run_in_threadpool(subscriptions.hear, told))

"""``/api/user/profile``, ``/api/user/profiles`` and ``/api/user/preferences``."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from serving import bodies
from serving.accounts.asking import MemberDep, PinDep, ViewerDep
from serving.accounts.contracts import (
    CHANGED_PROFILE,
    NEW_PROFILE,
    PREFERENCES,
    Account,
    ChangedProfile,
    NewProfile,
    Preferences,
    Profile,
)
from serving.accounts.service import Accounts
from serving.contracts import Identifier
from serving.database import DatabaseDownError
from serving.openapi import problems
from serving.refusals import ConflictError, PinLockedError, UnknownProfileError, WrongPinError

router = APIRouter(prefix="/api/user", tags=["account"])

_PREFERENCES = TypeAdapter(Preferences)
_NEW = TypeAdapter(NewProfile)
_CHANGED = TypeAdapter(ChangedProfile)
_FULL: Final = ConflictError(expected="at most 5 profiles", got="one more", where="profiles")
_LAST: Final = ConflictError(expected="another profile", got="the last", where="profileId")
_PINS: Final = (WrongPinError.example(), PinLockedError.of(30))
_KNOWN: Final = (*_PINS, UnknownProfileError.example())


async def _service(request: Request) -> Accounts:
    return request.app.state.parts.accounts


ServiceDep = Annotated[Accounts, Depends(_service)]
ProfileId = Annotated[Identifier, Path(alias="profileId", examples=["v00042"])]


@router.get("/profile", responses=problems(401, 403, 405, 500, unavailable=DatabaseDownError.now()))
def show(accounts: ServiceDep, member: MemberDep) -> Account:
    """Give the token's account with its profiles, and how it stands with what it pays for."""
    return accounts.show(member)


@router.put(
    "/preferences",
    responses=problems(
        401, 403, 404, 405, 413, 422, 500, refusals=_KNOWN, unavailable=DatabaseDownError.now()
    ),
    openapi_extra=bodies.described(_PREFERENCES, PREFERENCES),
)
async def prefer(
    request: Request, accounts: ServiceDep, member: ViewerDep, pin: PinDep = None
) -> Profile:
    """Change what the token's profile prefers and may be shown; what is left out stays.

    A limit that rises, a kids' profile that is to be none, and another PIN need the header `Parental-Pin`. The very next
    page, list and search are under the new limit.
    """
    said = bodies.read(_PREFERENCES, await request.body())
    return await run_in_threadpool(accounts.prefer, member, said, pin)


@router.post(
    "/profiles",
    status_code=201,
    responses=problems(
        401, 403, 405, 413, 422, 500, refusals=(*_PINS, _FULL), unavailable=DatabaseDownError.now()
    ),
    openapi_extra=bodies.described(_NEW, NEW_PROFILE),
)
async def add(
    request: Request, accounts: ServiceDep, member: MemberDep, pin: PinDep = None
) -> Profile:
    """Give the account another profile, of five at most; from a profile with a limit it needs the PIN."""
    said = bodies.read(_NEW, await request.body())
    return await run_in_threadpool(accounts.add, member, said, pin)


@router.patch(
    "/profiles/{profileId}",
    responses=problems(
        401, 403, 404, 405, 413, 422, 500, refusals=_KNOWN, unavailable=DatabaseDownError.now()
    ),
    openapi_extra=bodies.described(_CHANGED, CHANGED_PROFILE),
)
async def change(
    request: Request,
    accounts: ServiceDep,
    member: MemberDep,
    profile_id: ProfileId,
    pin: PinDep = None,
) -> Profile:
    """Change a profile of the account; its limit may come down, and does not rise here."""
    said = bodies.read(_CHANGED, await request.body())
    return await run_in_threadpool(accounts.change, member, profile_id, said, pin)


@router.delete(
    "/profiles/{profileId}",
    status_code=204,
    responses=problems(
        401, 403, 405, 422, 500, refusals=(*_KNOWN, _LAST), unavailable=DatabaseDownError.now()
    ),
    response_class=Response,
)
def delete(
    accounts: ServiceDep, member: MemberDep, profile_id: ProfileId, pin: PinDep = None
) -> None:
    """Erase a profile: its history, lists, taste, pages and events, in every table and from the next night's learning."""
    accounts.delete(member, profile_id, pin)

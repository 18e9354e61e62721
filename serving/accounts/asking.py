"""Who asks for something of an account, as a route wants to know it: each is a type that a parameter has."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from serving.accounts.contracts import Pin
from serving.accounts.members import Member
from serving.identity.callers import CallerDep


def _member(request: Request, caller: CallerDep) -> Member:
    member: Member = request.app.state.parts.members.of(caller)
    return member


MemberDep = Annotated[Member, Depends(_member)]
"""Whose account it is; 401 without a token, 403 with one that is no viewer's."""


def _viewer(member: MemberDep) -> Member:
    return member.with_profile()


ViewerDep = Annotated[Member, Depends(_viewer)]
"""The same with a profile; 403 without."""

PinDep = Annotated[
    Pin | None,
    Header(alias="Parental-Pin", description="the account's PIN", examples=["4711"]),
]

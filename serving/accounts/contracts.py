"""Accounts and profiles as they are told, and what may be said of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from recsys.schema import OLDEST_AGE
from serving.contracts import CLEAN, DIGITS, Contract, Language, Region, Reply

KIDS_AGE: Final = 12
"""Years; no kids' profile may have a higher limit."""
MOST_PROFILES: Final = 5
MOST_LANGUAGES: Final = 10

PREFERENCES: dict[str, Any] = {
    "languages": ["nb", "en"],
    "autoplay": False,
    "consent": True,
    "parental": {"maximumAge": 12, "newPin": "4711"},
}
NEW_PROFILE: dict[str, Any] = {"name": "Ida", "kids": True, "maximumAge": 7}
CHANGED_PROFILE: dict[str, Any] = {"name": "Ida Marie", "maximumAge": 6}
PROFILE: JsonDict = {
    "profileId": "v00042",
    "name": "Ida",
    "kids": True,
    "maximumAge": 7,
    "languages": ["nb", "en"],
    "autoplay": True,
    "consent": False,
    "region": "NO",
    "current": True,
}
ACCOUNT: JsonDict = {
    "accountId": "a1",
    "hasPin": True,
    "profiles": [PROFILE],
    "subscription": {"state": "active", "tier": "standard", "paidUntil": "2026-12-24T00:00:00Z"},
}


def _each_once(languages: list[str]) -> list[str]:
    if len(set(languages)) < len(languages):
        raise PydanticCustomError("repeated", "each language once")
    return languages


Name = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=CLEAN)]
Pin = Annotated[str, StringConstraints(pattern=DIGITS)]
Languages = Annotated[list[Language], Field(max_length=MOST_LANGUAGES), AfterValidator(_each_once)]
Age = Annotated[int, Field(ge=0, le=OLDEST_AGE)]


class _About(Contract):
    """What every request may say of a profile; what is left out stays as it is."""

    languages: Languages | None = None
    autoplay: bool | None = None
    consent: bool | None = None

    @model_validator(mode="after")
    def _nothing_is_null(self) -> Self:
        _check_said(self, "name", "languages", "autoplay", "consent", "parental")
        return self


class Parental(Contract):
    """What a profile may be shown; ``maximumAge`` null is no limit, ``newPin`` null takes the PIN away."""

    kids: bool | None = None
    maximum_age: Age | None = None
    new_pin: Pin | None = None

    @model_validator(mode="after")
    def _kids_or_not(self) -> Self:
        _check_said(self, "kids")
        return self


class Preferences(_About):
    """What is to change of the profile of the token."""

    parental: Parental | None = None


class NewProfile(_About):
    """A profile that is to be; a kids' profile has a limit."""

    name: Name
    kids: bool = False
    maximum_age: Age | None = None
    region: Region | None = None

    @model_validator(mode="after")
    def _children_have_limits(self) -> Self:
        if self.kids and (self.maximum_age is None or self.maximum_age > KIDS_AGE):
            expected = f"at most {KIDS_AGE} years, for a kids' profile"
            raise _wrong("maximumAge", expected, self.maximum_age)
        return self


class ChangedProfile(_About):
    """What is to change of a profile; its limit may come down."""

    name: Name | None = None
    maximum_age: Age | None = None


class Profile(Reply):
    """One viewer of an account."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROFILE]})

    profile_id: str
    name: str
    kids: bool
    maximum_age: int | None
    languages: list[str]
    autoplay: bool
    consent: bool
    """Whether models may learn from what the viewer does."""
    region: str | None
    current: bool
    """Whether the token is of this profile."""


class Membership(Reply):
    """How an account stands with what it pays for."""

    state: Literal["none", "active", "past_due", "cancelled"]
    tier: str | None
    paid_until: datetime | None


class Account(Reply):
    """An account with its profiles."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACCOUNT]})

    account_id: str
    has_pin: bool
    profiles: list[Profile]
    subscription: Membership


def _check_said(contract: Contract, *names: str) -> None:
    """Refuse null where it would mean neither a value nor that nothing changes."""
    for name in names:
        if name in contract.model_fields_set and getattr(contract, name) is None:
            raise _wrong(name, "a value, or no such field")


def _wrong(field: str, expected: str, got: object = None) -> PydanticCustomError:
    return PydanticCustomError(
        "misfit", "{expected}", {"expected": expected, "field": field, "got": got}
    )

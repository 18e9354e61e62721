"""What a profile may be shown after a change, and whether the change needs the PIN."""

from __future__ import annotations

from typing import Final

from serving.accounts.contracts import KIDS_AGE, ChangedProfile, Preferences
from serving.accounts.pins import needed
from serving.accounts.store import Limits
from serving.refusals import NotAllowedError, UnfitError

_NO_LIMIT: Final = 1000


def preferred(old: Limits, said: Preferences, *, unlocked: bool) -> Limits:
    """Return the limits that preferences ask for.

    Raises
    ------
    WrongPinError
        If they let more through than before, or a child agrees to something, and no PIN was given.
    UnfitError
        If they are no limits for a kids' profile.
    """
    wish = said.parental
    kids, age = old.kids, old.maximum_age
    if wish is not None:
        kids = old.kids if wish.kids is None else wish.kids
        age = wish.maximum_age if "maximum_age" in wish.model_fields_set else age
    if kids and _years(age) > KIDS_AGE:
        expected = f"at most {KIDS_AGE} years, for a kids' profile"
        raise UnfitError(expected=expected, got=age, where="parental.maximumAge")
    new = Limits(kids, age, _consent(old, said.consent))
    if not unlocked and (_looser(old, new) or _child_agrees(old, new)):
        raise needed()
    return new


def lowered(old: Limits, said: ChangedProfile, *, own: bool, unlocked: bool) -> Limits:
    """Return the limits of a profile that is changed from wherever in its account.

    Raises
    ------
    NotAllowedError
        If the limit would rise, which is only done on the profile itself.
    WrongPinError
        If a child agrees to something, and no PIN was given.
    """
    age = said.maximum_age if "maximum_age" in said.model_fields_set else old.maximum_age
    new = Limits(old.kids, age, _consent(old, said.consent))
    if _looser(old, new):
        raise NotAllowedError(
            expected=f"at most {old.maximum_age} years; what raises a limit is "
            "`PUT /api/user/preferences` of the profile, with the PIN",
            got=age,
            where="maximumAge",
        )
    if own and not unlocked and _child_agrees(old, new):
        raise needed()
    return new


def guarded(limits: Limits) -> bool:
    """Return whether a profile is somebody's who may not do everything."""
    return limits.kids or limits.maximum_age is not None


def check_way_back(old: Limits, new: Limits, where: str, *, has_pin: bool) -> None:
    """Refuse to limit one's own profile where no PIN could ever raise the limit again.

    Raises
    ------
    UnfitError
        Naming where the PIN would be given.
    """
    if guarded(new) and not guarded(old) and not has_pin:
        raise UnfitError(
            expected="a PIN of the account, by which alone the limit can be raised again",
            got=None,
            where=where,
        )


def _consent(old: Limits, said: bool | None) -> bool:  # noqa: FBT001  three answers, of which one is none
    return old.consent if said is None else said


def _child_agrees(old: Limits, new: Limits) -> bool:
    return guarded(old) and new.consent and not old.consent


def _looser(old: Limits, new: Limits) -> bool:
    return (old.kids and not new.kids) or _years(new.maximum_age) > _years(old.maximum_age)


def _years(age: int | None) -> int:
    return _NO_LIMIT if age is None else age

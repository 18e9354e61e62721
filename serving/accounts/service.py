"""Tells of an account, and changes its profiles and what they may be shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from serving.accounts import erasing, guards, pins, store
from serving.accounts.contracts import (
    MOST_PROFILES,
    Account,
    ChangedProfile,
    Membership,
    NewProfile,
    Preferences,
    Profile,
)
from serving.accounts.members import Member
from serving.accounts.pins import Pins
from serving.database import Connection, Database
from serving.news import tell
from serving.refusals import ConflictError, UnknownProfileError


class Accounts:
    """The use cases of accounts and profiles.

    Parameters
    ----------
    database : Database
    heard : callable
        Told which viewers' pages are others from now on.
    membership : callable
        Tells how an account stands with what it pays for.
    """

    def __init__(
        self,
        database: Database,
        heard: Callable[[Iterable[str]], None],
        membership: Callable[[str], Membership],
    ) -> None:
        self._database, self._pins = database, Pins(database)
        self._heard, self._membership = heard, membership

    def show(self, member: Member) -> Account:
        """Return an account.

        Raises
        ------
        DatabaseDownError
            If the database does not answer; so do the others.
        """
        with self._database.reading() as connection:
            rows = store.profiles(connection, member.account_id)
            has_pin = pins.has(connection, member.account_id)
        return Account(
            account_id=member.account_id,
            has_pin=has_pin,
            profiles=[_profile(row, member) for row in rows],
            subscription=self._membership(member.account_id),
        )

    def prefer(self, member: Member, said: Preferences, pin: str | None) -> Profile:
        """Keep what a profile prefers; from the very next page on its limits hold.

        Raises
        ------
        WrongPinError
            If the PIN is needed and is not that.
        PinLockedError
            If no PIN may be tried now.
        UnfitError
            If the limits do not go together, or would hold for ever.
        """
        unlocked = self._pins.unlocked(member.account_id, pin)

        def write(connection: Connection) -> None:
            old = _limits(connection, member, member.viewer)
            new = guards.preferred(old, said, unlocked=unlocked)
            self._change_pin(connection, member, old, said, unlocked=unlocked)
            has_pin = pins.has(connection, member.account_id)
            guards.check_way_back(old, new, "parental.newPin", has_pin=has_pin)
            store.limit(connection, member.viewer, new)
            store.prefer(connection, member.viewer, said.languages, autoplay=said.autoplay)
            tell(connection, [member.viewer])

        return self._written(member, member.viewer, write)

    def add(self, member: Member, said: NewProfile, pin: str | None) -> Profile:
        """Give an account another profile, from the region of the one that asks unless it says otherwise.

        Raises
        ------
        ConflictError
            If the account has five.
        WrongPinError, PinLockedError
            As ``prefer`` does, for a profile that has a limit itself.
        """
        self._check_pin(member, pin)
        viewer_id = uuid.uuid4().hex

        def write(connection: Connection) -> None:
            if not store.add(connection, member.account_id, viewer_id, said.name):
                expected = f"at most {MOST_PROFILES} profiles"
                raise ConflictError(expected=expected, got="one more", where="profiles")
            new = store.Limits(said.kids, said.maximum_age, bool(said.consent))
            store.limit(connection, viewer_id, new, said.region or _region(connection, member))
            store.prefer(connection, viewer_id, said.languages, autoplay=said.autoplay)

        return self._written(member, viewer_id, write)

    def change(
        self, member: Member, profile_id: str, said: ChangedProfile, pin: str | None
    ) -> Profile:
        """Change a profile of the account.

        Raises
        ------
        UnknownProfileError
            If the account has no such profile.
        NotAllowedError
            If its limit would rise.
        WrongPinError, PinLockedError, UnfitError
            As ``prefer`` does, for a profile that has a limit itself.
        """
        own = profile_id == member.viewer_id
        unlocked = self._pins.unlocked(member.account_id, pin)
        if not own:
            self._check_unlocked(member, unlocked=unlocked)

        def write(connection: Connection) -> None:
            old = _limits(connection, member, profile_id)
            new = guards.lowered(old, said, own=own, unlocked=unlocked)
            if own:
                has_pin = pins.has(connection, member.account_id)
                guards.check_way_back(old, new, "maximumAge", has_pin=has_pin)
            store.limit(connection, profile_id, new)
            store.prefer(connection, profile_id, said.languages, autoplay=said.autoplay)
            if said.name is not None:
                store.rename(connection, profile_id, said.name)
            tell(connection, [profile_id])

        return self._written(member, profile_id, write)

    def delete(self, member: Member, profile_id: str, pin: str | None) -> None:
        """Erase a profile with all that is known of it.

        Raises
        ------
        UnknownProfileError
            If the account has no such profile.
        ConflictError
            If it is the last.
        WrongPinError, PinLockedError
            As ``add`` does.
        """
        self._check_pin(member, pin)

        def write(connection: Connection) -> None:
            store.lock_account(connection, member.account_id)
            _limits(connection, member, profile_id)
            if len(store.profiles(connection, member.account_id)) == 1:
                raise ConflictError(expected="another profile", got="the last", where="profileId")
            store.drop(connection, profile_id)
            erasing.erase(connection, profile_id)

        self._database.retried(write)
        self._heard([profile_id])

    def _check_pin(self, member: Member, pin: str | None) -> None:
        self._check_unlocked(member, unlocked=self._pins.unlocked(member.account_id, pin))

    def _check_unlocked(self, member: Member, *, unlocked: bool) -> None:
        """Refuse a profile with a limit, and whoever chose none yet where there is a PIN: it may be a child."""
        if not unlocked and (member.guarded or self._is_anybody(member)):
            raise pins.needed()

    def _is_anybody(self, member: Member) -> bool:
        if member.viewer_id is not None:
            return False
        with self._database.reading() as connection:
            return pins.has(connection, member.account_id)

    def _change_pin(
        self,
        connection: Connection,
        member: Member,
        old: store.Limits,
        said: Preferences,
        *,
        unlocked: bool,
    ) -> None:
        """Set or take away the PIN: the first by whoever may see everything, another by who knows the old one."""
        if said.parental is None or "new_pin" not in said.parental.model_fields_set:
            return
        store.lock_account(connection, member.account_id)
        if not unlocked and (guards.guarded(old) or pins.has(connection, member.account_id)):
            raise pins.needed()
        pins.change(connection, member.account_id, said.parental.new_pin)

    def _written(
        self, member: Member, viewer_id: str, write: Callable[[Connection], None]
    ) -> Profile:
        self._database.retried(write)
        self._heard([viewer_id])
        with self._database.reading() as connection:
            rows = store.profiles(connection, member.account_id, viewer_id)
        if not rows:
            raise _unknown(viewer_id)
        return _profile(rows[0], member)


def _limits(connection: Connection, member: Member, viewer_id: str) -> store.Limits:
    limits = store.limits(connection, member.account_id, viewer_id)
    if limits is None:
        raise _unknown(viewer_id)
    return limits


def _region(connection: Connection, member: Member) -> str | None:
    if member.viewer_id is None:
        return None
    rows = store.profiles(connection, member.account_id, member.viewer_id)
    region: str | None = rows[0]["region"] if rows else None
    return region


def _profile(row: dict[str, object], member: Member) -> Profile:
    viewer_id = row["viewer_id"]
    said = {name: value for name, value in row.items() if name != "viewer_id"}
    return Profile.model_validate(
        said | {"profile_id": viewer_id, "current": viewer_id == member.viewer_id}
    )


def _unknown(profile_id: str) -> UnknownProfileError:
    return UnknownProfileError(
        expected="a profile of the account", got=profile_id, where="profileId"
    )

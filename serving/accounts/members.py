"""Whose account a token is of; one that was never seen is made at its first call."""

from __future__ import annotations

from dataclasses import dataclass, replace

from serving.accounts import store
from serving.database import Database
from serving.identity.contracts import Caller
from serving.refusals import NotAllowedError


@dataclass(frozen=True, slots=True)
class Member:
    """Who asks for something of an account.

    Attributes
    ----------
    account_id : str
    viewer_id : str or None
        The profile; None before one was chosen.
    kids : bool
    maximum_age : int or None
        Strictest maturity that the profile may be shown, in years.
    """

    account_id: str
    viewer_id: str | None
    kids: bool = False
    maximum_age: int | None = None

    @property
    def guarded(self) -> bool:
        """Whether the PIN is needed for what changes more than the profile's own taste."""
        return self.kids or self.maximum_age is not None

    @property
    def viewer(self) -> str:
        """The profile.

        Raises
        ------
        NotAllowedError
            If none was chosen.
        """
        if self.viewer_id is None:
            raise _refused("a token with a profile", "one without")
        return self.viewer_id

    def with_profile(self) -> Member:
        """Return the same, or raise what ``viewer`` does."""
        return replace(self, viewer_id=self.viewer)


class Members:
    """Finds the account and the profile of a caller.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, caller: Caller) -> Member:
        """Return whose token it is. An account and a profile that are new are made: the issuer vouches for both.

        Raises
        ------
        NotAllowedError
            If it is not a viewer's, or its profile is another account's, was deleted, or is one too many.
        DatabaseDownError
            If the database does not answer.
        """
        account_id, viewer_id = caller.account_id, caller.profile_id
        if account_id is None:
            raise _refused("a viewer's token", "one without an account")
        with self._database.reading() as connection:
            found = store.standing(connection, account_id, viewer_id)
        if not found.complete(account_id, viewer_id):
            found = self._database.retried(
                lambda connection: store.provision(connection, account_id, viewer_id)
            )
        if viewer_id is not None:
            _check(found, account_id)
        return Member(account_id, viewer_id, found.kids, found.maximum_age)


def _check(found: store.Standing, account_id: str) -> None:
    """Refuse a profile that the account does not have, and could not be given."""
    if found.erased:
        raise _refused("a profile of the account", "one that was deleted")
    if found.owner is None:
        raise _refused("one of the account's five profiles", "a sixth")
    if found.owner != account_id:
        raise _refused("a profile of the account", "another account's")


def _refused(expected: str, got: str) -> NotAllowedError:
    return NotAllowedError(expected=expected, got=got, where="token")

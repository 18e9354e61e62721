"""What this room refuses, or cannot do now; ``serving.problems`` says with which status each is answered."""

from __future__ import annotations

from typing import Self

from recsys.errors import RecsysError


class TooLargeError(RecsysError):
    """A body past the limit."""


class SlowError(RecsysError):
    """A body that stopped coming."""

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the error for one of which nothing came for so long."""
        return cls(expected=f"the next piece within {seconds:g} s", got=None, where="body")


class BatchError(RecsysError):
    """A file of viewers that cannot be answered."""


class ImportFileError(RecsysError):
    """A file of titles that is none, as a whole."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="a whole Parquet file", got="no magic bytes", where="body")


class PlacementError(RecsysError):
    """A row or a promotion that is not what one must be, or does not go with the others."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="a value after `=`", got="the end", where="filter")


class UnknownPlacementError(RecsysError):
    """A row or a promotion that nobody placed."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="a placed row", got="zzz", where="id")


class UnknownPageError(RecsysError):
    """A page that was never written down, or long ago."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="a whole page of the last 7 days", got="00ff", where="recommendationId")


class UnknownReviewError(RecsysError):
    """A review that was never written, or is gone."""

    @classmethod
    def example(cls, where: str = "contentId") -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="a review", got="zzz", where=where)


class NotClosedError(RecsysError):
    """A day of which more may still be told, so that no count of it may be given away."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="a day up to 2026-05-01", got="2026-05-02", where="day")


class ChangedError(RecsysError):
    """What is to be changed is another by now than the client saw."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="the newest revision, 2", got=1, where="revision")


class OverloadedError(RecsysError):
    """More comes than can be written down; what is refused now is taken a moment later."""

    @classmethod
    def now(cls) -> Self:
        """Return the error, as it is always worded."""
        return cls(
            expected="no more than can be written down in time",
            got="more",
            where="this replica",
            hint="Try again",
        )


class ReplayError(RecsysError):
    """A page that cannot be made again, since what it was made with has changed."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="the catalog of then, 5f0c8e1d", got="2b7a4c6e", where="catalog")


class TokenError(RecsysError):
    """A token that is not valid, or none where one is needed."""


class NotAllowedError(RecsysError):
    """A caller who is known, and may not do this."""


class TooManyError(RecsysError):
    """More requests than one may make.

    Parameters
    ----------
    seconds : int
        After which it may ask again.
    """

    def __init__(
        self, *, expected: str, got: object, where: object, hint: str = "", seconds: int = 60
    ) -> None:
        super().__init__(expected=expected, got=got, where=where, hint=hint)
        self.seconds = seconds

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(
            expected="at most 600 requests a minute of one viewer", got="more", where="viewer"
        )


class WrongPinError(RecsysError):
    """A PIN that is not the account's, or none where one is needed."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="the account's PIN", got="another", where="Parental-Pin")


class PinLockedError(TooManyError):
    """Too many wrong PINs were tried."""

    @classmethod
    def of(cls, seconds: int) -> Self:
        """Return the error for who has to wait so long."""
        return cls(
            expected=f"no PIN for {seconds} seconds, after so many that were wrong",
            got="one",
            where="Parental-Pin",
            seconds=seconds,
        )


class UnfitError(RecsysError):
    """A request that is well-formed, and does not go with how things stand."""


class ConflictError(RecsysError):
    """A request that meets another, or a state that it does not go with."""


class PaymentError(RecsysError):
    """A payment that the provider refuses."""


class NoPaymentsError(RecsysError):
    """Nobody takes payments here."""

    @classmethod
    def here(cls) -> Self:
        """Return the error, as it is always worded."""
        return cls(expected="a payment provider", got="none", where="this replica")


class SignatureError(RecsysError):
    """A call that is not signed by whom it should be."""


class UnknownProfileError(RecsysError):
    """A profile that the account does not have."""

    @classmethod
    def example(cls) -> Self:
        """Return one, to show what it looks like."""
        return cls(expected="a profile of the account", got="zzz", where="profileId")


class KeysDownError(RecsysError):
    """Whoever gives out the keys cannot be reached, so that no token can be told from a forgery."""


class NoCatalogError(RecsysError):
    """There is neither a bundle nor a catalog to answer from."""

    @classmethod
    def now(cls) -> Self:
        """Return the error, as it is always worded."""
        return cls(
            expected="a published bundle or an ingested catalog",
            got="neither",
            where="this replica",
            hint="Run `recsys ingest` and `recsys nightly`",
        )


class NoIndexError(RecsysError):
    """The first index of a catalog is still being made."""

    @classmethod
    def now(cls) -> Self:
        """Return the error, as it is always worded."""
        return cls(
            expected="an index of the catalog",
            got="none yet",
            where="this replica",
            hint="It is being made; ask again in a moment",
        )

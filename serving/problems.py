"""Every error as one shape: problem+json (RFC 9457) that names the field."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final, Self

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from recsys.errors import (
    BusyError,
    CursorError,
    EditError,
    FilterError,
    RecsysError,
    UnknownTitleError,
)
from serving import wording
from serving.contracts import Reply
from serving.database import DatabaseDownError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
MOST_NAMED: Final = 20
"""Fields that a problem names."""
_HEADERS: Final = {
    401: {"WWW-Authenticate": 'Bearer realm="recsys"'},
    503: {"Retry-After": "1"},
}


class FieldError(Reply):
    """One field that is not what it should be."""

    field: str
    expected: str
    got: Any = None


class Problem(Reply):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]
    request_id: str | None = None
    """By which the request is found in the logs."""


class TooLargeError(RecsysError):
    """A body past the limit."""


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
        return cls(expected="either titles or a filter", got="both", where="content")


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


def problem(
    status: int, kind: str, title: str, detail: str, errors: Sequence[dict[str, Any]] = ()
) -> Response:
    """Return a problem as a response."""
    body = {
        "type": f"/problems/{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }
    if (request_id := structlog.contextvars.get_contextvars().get("request_id")) is not None:
        body["requestId"] = request_id
    return Response(orjson.dumps(body), status, _HEADERS.get(status), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    app.add_exception_handler(RequestValidationError, lambda _, error: invalid(error))
    app.add_exception_handler(RecsysError, _handled)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]


def invalid(error: RequestValidationError) -> Response:
    """Return the answer to a request that is not what its contract says."""
    errors = [field_error(one) for one in error.errors()[:MOST_NAMED]]
    return problem(422, "invalid-request", "Invalid request", _sentence(errors[0]), errors)


def none_good(faults: Sequence[tuple[str, str, Any]]) -> Response:
    """Return the answer to a list of which nothing can be taken: each fault a field, what it must be, and what came."""
    named = [{"field": field, "expected": right, "got": wrong} for field, right, wrong in faults]
    return problem(
        422, "invalid-request", "Invalid request", _sentence(named[0]), named[:MOST_NAMED]
    )


def refused(error: RecsysError) -> Response:
    """Return the answer to a request that this program refuses, or cannot answer now."""
    status, kind, title = _KINDS[type(error)]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return problem(status, kind, title, str(error))
    field = {
        "field": str(error.where),
        "expected": error.expected,
        "got": wording.shown(error.got),
    }
    answer = problem(status, kind, title, _sentence(field), [field])
    if isinstance(error, TooManyError):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def http(status: HTTPStatus, detail: str = "") -> Response:
    """Return an answer that says no more than its status."""
    kind = status.phrase.lower().replace(" ", "-")
    return problem(status, kind, status.phrase, detail or status.phrase)


def unexpected(path: str, error: Exception) -> Response:
    """Return the answer to a request that failed, and log why."""
    log.error("request.failed", path=path, exc_info=error)
    return internal()


def internal() -> Response:
    """Return the answer where the fault is ours, which says nothing of the inside."""
    return problem(500, "internal", "Internal error", "This is our fault; it has been logged.")


_KINDS: Final[dict[type[RecsysError], tuple[int, str, str]]] = {
    FilterError: (400, "invalid-filter", "Invalid filter"),
    CursorError: (400, "invalid-cursor", "Invalid cursor"),
    EditError: (422, "invalid-edit", "Invalid edit"),
    TokenError: (401, "not-authenticated", "A valid token is needed"),
    NotAllowedError: (403, "not-allowed", "Not allowed"),
    SignatureError: (401, "not-signed", "A valid signature is needed"),
    PaymentError: (402, "payment-refused", "The payment was refused"),
    WrongPinError: (403, "wrong-pin", "The PIN is needed"),
    PinLockedError: (429, "pin-locked", "Too many wrong PINs"),
    UnfitError: (422, "invalid-request", "Invalid request"),
    ConflictError: (409, "conflict", "It does not go with what is"),
    UnknownProfileError: (404, "unknown-profile", "Unknown profile"),
    UnknownTitleError: (404, "unknown-title", "Unknown title"),
    UnknownPlacementError: (404, "unknown-placement", "Unknown placement"),
    UnknownPageError: (404, "unknown-page", "Unknown page"),
    UnknownReviewError: (404, "unknown-review", "Unknown review"),
    NotClosedError: (409, "not-closed", "That day is not over"),
    ChangedError: (409, "changed", "Changed meanwhile"),
    ReplayError: (409, "changed-since", "What the page was made with has changed"),
    ImportFileError: (422, "invalid-file", "Invalid file"),
    PlacementError: (422, "invalid-placement", "Invalid placement"),
    BatchError: (422, "invalid-request", "Invalid request"),
    TooManyError: (429, "too-many-requests", "Too many requests"),
    TooLargeError: (413, "content-too-large", "Content Too Large"),
    DatabaseDownError: (503, "database-down", "The database does not answer"),
    OverloadedError: (503, "overloaded", "Too much at once"),
    KeysDownError: (503, "keys-down", "Tokens cannot be verified now"),
    BusyError: (503, "busy", "Busy with the same for somebody else"),
    NoCatalogError: (503, "no-catalog", "Nothing to recommend yet"),
    NoIndexError: (503, "no-index", "Nothing to search in yet"),
}


def field_error(error: dict[str, Any]) -> dict[str, Any]:
    """Return which field is not what it should be, from an error of pydantic's."""
    place = [str(part) for part in error["loc"] if part not in {"query", "path", "body"}]
    return {
        "field": ".".join(place) or "body",
        "expected": wording.expected(error),
        "got": wording.got(error),
    }


def _sentence(field: dict[str, Any]) -> str:
    return f"{field['field']}: expected {field['expected']}, got {wording.spoken(field['got'])}"


def _handled(request: Request, error: RecsysError) -> Response:
    return refused(error) if type(error) in _KINDS else unexpected(request.url.path, error)


def _http(_: Request, error: HTTPException) -> Response:
    answer = http(HTTPStatus(error.status_code), str(error.detail))
    answer.headers.update(error.headers or {})
    return answer

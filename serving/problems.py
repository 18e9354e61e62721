"""Every error as one shape: problem+json (RFC 9457) that names the field."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

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
from serving.refusals import (
    BatchError,
    ChangedError,
    ConflictError,
    ImportFileError,
    KeysDownError,
    NoCatalogError,
    NoIndexError,
    NoPaymentsError,
    NotAllowedError,
    NotClosedError,
    OverloadedError,
    PaymentError,
    PinLockedError,
    PlacementError,
    ReplayError,
    SignatureError,
    SlowError,
    TokenError,
    TooLargeError,
    TooManyError,
    UnfitError,
    UnknownPageError,
    UnknownPlacementError,
    UnknownProfileError,
    UnknownReviewError,
    WrongPinError,
)

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
MOST_NAMED: Final = 20
"""Fields that a problem names."""
_HEADERS: Final = {
    401: {"WWW-Authenticate": 'Bearer realm="recsys"'},
    408: {"Connection": "close"},
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
    NoPaymentsError: (501, "no-payments", "Nobody takes payments here"),
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
    SlowError: (408, "too-slow", "The body did not come in time"),
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
    place = [part for part in error["loc"] if part not in {"query", "path", "body"}]
    return {
        "field": wording.place(place) or "body",
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

"""Every error as one shape: problem+json (RFC 9457) that names the field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Self

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ConfigDict
from starlette.exceptions import HTTPException

from recsys.errors import RecsysError, UnknownTitleError
from serving.contracts import Contract
from serving.database import DatabaseDownError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
LONGEST_GOT = 100


class FieldError(Contract):
    """One field that is not what it should be."""

    field: str
    expected: str
    got: Any = None


class Problem(Contract):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/unknown-title",
                    "title": "Unknown title",
                    "status": 404,
                    "detail": "contentId: expected a title of the catalog, got zzz",
                    "errors": [
                        {
                            "field": "contentId",
                            "expected": "a title of the catalog",
                            "got": "zzz",
                        }
                    ],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]


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


RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"description": HTTPStatus(code).phrase, "content": {MEDIA_TYPE: {}}, "model": Problem}
    for code in (404, 413, 422, 503)
}
"""The problems of every route, for OpenAPI."""


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
    headers = {"Retry-After": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(RecsysError, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _unexpected)


def _invalid(_: Request, error: RequestValidationError) -> Response:
    errors = [_field_error(one) for one in error.errors()[:20]]
    first = errors[0]
    detail = f"{first['field']}: expected {first['expected']}, got {first['got']}"
    return problem(422, "invalid-request", "Invalid request", detail, errors)


def _field_error(error: dict[str, Any]) -> dict[str, Any]:
    place = [str(part) for part in error["loc"] if part not in {"query", "path", "body"}]
    return {
        "field": ".".join(place) or "body",
        "expected": _requirement(error),
        "got": _shown(error.get("input")),
    }


def _requirement(error: dict[str, Any]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "no field of this name"
        case "missing":
            return "a value"
        case _:
            return str(error["msg"]).removeprefix("Input should be ")


def _shown(value: Any) -> Any:
    """Return what came in a form that JSON can hold and a log line can bear."""
    if value is None or isinstance(value, bool | int):
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_GOT else text[:LONGEST_GOT] + "…"


def _refused(_: Request, error: RecsysError) -> Response:
    status, kind, title = _kind(error)
    field = {"field": str(error.where), "expected": error.expected, "got": _shown(error.got)}
    return problem(status, kind, title, str(error), [field] if status < 500 else [])


def _kind(error: RecsysError) -> tuple[int, str, str]:
    match error:
        case UnknownTitleError():
            return 404, "unknown-title", "Unknown title"
        case DatabaseDownError():
            return 503, "database-down", "The database does not answer"
        case NoCatalogError():
            return 503, "no-catalog", "Nothing to recommend yet"
        case _:
            return 500, "internal", "Internal error"


def _http(_: Request, error: HTTPException) -> Response:
    phrase = HTTPStatus(error.status_code).phrase
    kind = phrase.lower().replace(" ", "-")
    answer = problem(error.status_code, kind, phrase, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request.failed", path=request.url.path, exc_info=error)
    return problem(500, "internal", "Internal error", "This is our fault; it has been logged.")

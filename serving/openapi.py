"""What the API says of itself: every answer with its media type, its schema and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic.json_schema import models_json_schema

from recsys.errors import FilterError, RecsysError, UnknownTitleError
from serving.limits import MAX_BODY_BYTES, PATIENCE, too_large
from serving.problems import MEDIA_TYPE, Problem, http, internal, invalid, refused
from serving.refusals import NotAllowedError, SlowError, TokenError, TooManyError

Responses = dict[int | str, dict[str, Any]]

REFERENCE = "#/components/schemas/{model}"
_VIEWER = "viewerId"
_NOBODY = {"type": "string_too_short", "loc": ("viewerId",), "ctx": {"min_length": 1}, "input": ""}
_SCOPE = NotAllowedError(expected="a token of another scope", got="viewer", where="token")
_PARSED = {"integer": "int_parsing", "boolean": "bool_parsing", "uuid": "uuid_parsing"}
"""pydantic's names for what is no such value."""


def unknown_title(where: str) -> UnknownTitleError:
    """Return how a title is refused that there is not, to show what it looks like."""
    return UnknownTitleError(expected="a title of the catalog", got="zzz", where=where)


_EXAMPLES = {
    400: refused(FilterError.at(8, "a text in quotes, as genre is", "=")),
    401: refused(
        TokenError(expected="a header `Authorization: Bearer <token>`", got=None, where="token")
    ),
    403: refused(NotAllowedError(expected="the viewer of the token", got="v00042", where=_VIEWER)),
    404: refused(unknown_title("contentId")),
    405: http(HTTPStatus.METHOD_NOT_ALLOWED),
    413: refused(too_large(4 * MAX_BODY_BYTES)),
    414: http(HTTPStatus.REQUEST_URI_TOO_LONG),
    431: http(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    422: invalid(RequestValidationError([_NOBODY])),
    500: internal(),
}


def problems(
    *statuses: int, refusals: Sequence[RecsysError] = (), unavailable: RecsysError | None = None
) -> Responses:
    """Return what a route says of the problems that it may answer with.

    Parameters
    ----------
    *statuses : int
    refusals : sequence of RecsysError
        Examples of what this route alone refuses.
    unavailable : RecsysError, optional
        What a 503 of the route comes from.
    """
    answers = {status: _EXAMPLES[status] for status in statuses}
    answers |= {answer.status_code: answer for answer in map(refused, refusals)}
    if unavailable:
        answers[503] = refused(unavailable)
    return {status: _problem(status, bytes(answer.body)) for status, answer in answers.items()}


class Described(FastAPI):
    """An application whose description leaves out nothing that a client would have to try."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, OpenAPI 3.1."""
        if self.openapi_schema is None:
            whole = super().openapi()
            _, definitions = models_json_schema(
                [(Problem, "serialization")], ref_template=REFERENCE
            )
            whole["components"]["schemas"].update(definitions["$defs"])
            for operation in _operations(whole["paths"]):
                operation["responses"] |= _EVERYWHERE | operation["responses"]
                if "requestBody" in operation:
                    operation["responses"] |= _SLOW
                if _VIEWER not in _taken(operation):
                    _speak_of(operation)
            for place in _places(whole["paths"]):
                _add_example(place, whole["components"]["schemas"])
        return self.openapi_schema or {}


def _problem(status: int, body: bytes) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=Problem.__name__)}
    content = {"schema": schema, "example": json.loads(body)}
    return {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: content}}


_EVERYWHERE = {
    str(status): answer
    for status, answer in problems(401, 414, 431, refusals=[TooManyError.example()]).items()
}
"""On every route a token that is not valid is refused, requests are counted, and their heads are measured."""

_SLOW = {
    str(status): answer for status, answer in problems(refusals=[SlowError.after(PATIENCE)]).items()
}
"""Who begins to send a body, and stops."""


def _taken(operation: dict[str, Any]) -> set[str]:
    """Return what an operation takes, by name: its parameters, and the fields of its body or of each of its bodies."""
    body: dict[str, Any] = next(
        iter(operation.get("requestBody", {"content": {}})["content"].values()), {}
    )
    whole = body.get("schema", {})
    several = [whole, *whole.get("anyOf", [])]
    fields = {name for one in several for name in one.get("properties", {})}
    return fields | {one["name"] for one in operation.get("parameters", [])}


def _speak_of(operation: dict[str, Any]) -> None:
    """Let examples that routes share speak of what one takes that takes no viewer's id."""
    mine = {403: refused(_SCOPE), 422: invalid(RequestValidationError([_wrong(operation)]))}
    for status, answer in mine.items():
        shared, said = _EXAMPLES[status], operation["responses"].get(str(status))
        if said == _problem(status, bytes(shared.body)):
            operation["responses"][str(status)] = _problem(status, bytes(answer.body))


def _wrong(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the error of pydantic's for what is wrong where one of an operation's own parameters is, or its body."""
    own = [one for one in operation.get("parameters", []) if one["in"] != "header"]
    if "requestBody" in operation or not own:
        broken = {"error": "EOF while parsing an object at line 1 column 1"}
        return {"type": "json_invalid", "loc": ("body",), "input": "{", "ctx": broken}
    first, schema = own[0]["name"], own[0]["schema"]
    several = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    kind = several[0].get("format", several[0].get("type"))
    most = {"max_length": several[0].get("maxLength", 0)}
    unfit = {"loc": (first,), "input": "zzz", "ctx": most}
    return unfit | {"type": _PARSED.get(kind, "string_too_long")}


def _operations(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (one for path in paths.values() for one in path.values())


def _places(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every parameter, and every media type of an answer."""
    for operation in _operations(paths):
        yield from operation.get("parameters", [])
        for answer in operation["responses"].values():
            yield from answer.get("content", {}).values()


def _add_example(place: dict[str, Any], schemas: dict[str, Any]) -> None:
    if "example" in place:
        return
    schema = place["schema"]
    listed = schema.get("type") == "array"
    named = schema["items"] if listed else schema
    model = schemas.get(named.get("$ref", "").rsplit("/", maxsplit=1)[-1], named)
    example = model["examples"][0]
    place["example"] = [example] if listed else example

"""The query of a request, read and described by its model.

The framework can do both, but takes longer to read a query than a replica to find twenty similar titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.types import Scope

from recsys.languages import LONGEST_HEADER, accepted
from serving.contracts import Query
from serving.once import repeated

Asked = TypeVar("Asked", bound=Query)

ACCEPTED: Final = "accepted"
"""The field that a header says, and no parameter."""


VIEWER: Final = "viewerId"
"""What a token says where a query leaves it out."""

_KINDS: Final = {
    "integer": ("int_parsing", re.compile(r"-?[0-9]{1,18}")),
    "number": ("float_parsing", re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?")),
    "boolean": ("bool_parsing", re.compile("true|false")),
    "date": ("date_parsing", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")),
}
"""How values that are no text are written, and pydantic's name for what is not: its own reading bends more to fit."""


def read(model: type[Asked]) -> Any:
    """Return the dependency that reads a query, and refuses one that is not what the model says."""

    async def asked(request: Request) -> Asked:
        return parsed(model, request)

    return Depends(asked)


def parsed(model: type[Asked], request: Request, profile_id: str | None = None) -> Asked:
    """Return a query as its model.

    Parameters
    ----------
    model : type
    request : Request
    profile_id : str, optional
        The viewer, where the query names none.

    Raises
    ------
    RequestValidationError
        Naming each parameter that is not what it should be, or one that comes twice.
    """
    query = request.query_params
    if len(query) < len(query.multi_items()):
        raise _twice(request)
    said = dict(query) if profile_id is None else {VIEWER: profile_id, **query}
    if bent := list(_bent(model, said)):
        raise RequestValidationError(bent)
    try:
        return model.model_validate(said | languages(model, request.scope))
    except ValidationError as error:
        places = [one | {"loc": ("query", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(places) from None


def languages(model: type[BaseModel], scope: Scope) -> dict[str, tuple[str, ...]]:
    """Return what a header of a request says for a model that has a place for it."""
    said = accept_language(scope)[:LONGEST_HEADER] if ACCEPTED in model.model_fields else b""
    return {ACCEPTED: _accepted(said)} if said else {}


def accept_language(scope: Scope) -> bytes:
    """Return the header ``Accept-Language`` as it came, empty where it did not."""
    return header(scope, b"accept-language")


def header(scope: Scope, name: bytes) -> bytes:
    """Return a header of a request as it came, by its name in small letters; empty where it did not."""
    for one, value in scope["headers"]:
        if one == name:
            found: bytes = value
            return found
    return b""


@lru_cache(1000)
def _accepted(said: bytes) -> tuple[str, ...]:
    return accepted(said.decode("latin-1"))


def _bent(model: type[Query], said: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Give the errors of values that are not written as their kind is."""
    kinds = _kinds(model)
    if ACCEPTED in said and ACCEPTED in model.model_fields:
        loc, got = ("query", ACCEPTED), said[ACCEPTED]
        yield {"type": "extra_forbidden", "loc": loc, "msg": "", "input": got}
    for name, value in said.items():
        if name in kinds and not kinds[name][1].fullmatch(value):
            yield {"type": kinds[name][0], "loc": ("query", name), "msg": "", "input": value}


@cache
def _kinds(model: type[Query]) -> dict[str, tuple[str, re.Pattern[str]]]:
    """Return of which kind each parameter is that is no text."""
    told = model.model_json_schema().get("properties", {})
    branches = {name: one.get("anyOf", [one]) for name, one in told.items()}
    return {
        name: _KINDS[kind]
        for name, either in branches.items()
        for one in either
        if (kind := one.get("format", one.get("type"))) in _KINDS
    }


_ACCEPTS: Final = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "languages that are read, after those of the query and of the profile",
    "schema": {"type": "string", "examples": ["nb-NO,nb;q=0.9,en;q=0.8"]},
}

_TOLD: Final = {VIEWER: "left out, it is the profile of the token"}


def described(model: type[Query]) -> dict[str, Any]:
    """Return what OpenAPI is told of a query, as ``openapi_extra``."""
    schema = model.model_json_schema()
    needed = schema.get("required", ())
    parameters = [
        {"name": name, "in": "query", "required": name in needed and name != VIEWER, "schema": one}
        | ({"description": told} if (told := one.get("description", _TOLD.get(name))) else {})
        for name, one in schema.get("properties", {}).items()
        if name != ACCEPTED
    ]
    accepts = [_ACCEPTS] if ACCEPTED in model.model_fields else []
    return {"parameters": [*parameters, *accepts]}


def _twice(request: Request) -> RequestValidationError:
    query = request.query_params
    name = next(one for one in query if len(query.getlist(one)) > 1)
    return repeated(("query", name), query.getlist(name))


async def _of_header(
    said: Annotated[
        str | None,
        Header(
            alias=_ACCEPTS["name"],
            description=_ACCEPTS["description"],
            examples=_ACCEPTS["schema"]["examples"],
        ),
    ] = None,
) -> tuple[str, ...]:
    return accepted(said or "")


AcceptedDep = Annotated[tuple[str, ...], Depends(_of_header)]
"""The languages that a request's header names, where its body says the rest."""

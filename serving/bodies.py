"""Bodies as their contracts say, read strictly, and what is wrong with one named."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from serving.once import keys_once

Model = TypeVar("Model")


def read(contract: TypeAdapter[Model], body: bytes) -> Model:
    """Read by pydantic itself, whose JSON mode is strict, and refuse NaN by the field's name.

    Raises
    ------
    RequestValidationError
        Naming each field that is not what it should be, or the first key that comes twice.
    """
    try:
        model = contract.validate_json(body)
    except ValidationError as error:
        raise RequestValidationError([placed(dict(one)) for one in error.errors()]) from None
    keys_once(body)
    return model


def missing(name: str) -> RequestValidationError:
    """Return the error of a body without a field that it may lack only where somebody else says it."""
    return RequestValidationError(
        [{"type": "missing", "loc": (name,), "msg": "a value", "input": None}]
    )


def described(contract: TypeAdapter[Any], example: Any) -> dict[str, Any]:
    """Return what OpenAPI says of a body that a route reads by itself."""
    schema = contract.json_schema()
    whole = _without_references(schema, schema.pop("$defs", {}))
    content = {"schema": whole, "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _without_references(schema: Any, named: dict[str, Any]) -> Any:
    """Put each schema where it is referred to, since the description knows no names of ours."""
    if isinstance(schema, list):
        return [_without_references(one, named) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _without_references(named[schema["$ref"].rsplit("/", maxsplit=1)[-1]], named)
    return {key: _without_references(one, named) for key, one in schema.items()}


def placed(error: dict[str, Any]) -> dict[str, Any]:
    """Name the field of an error that concerns several, as its rule says."""
    context = error.get("ctx", {})
    if "field" in context:
        return {**error, "loc": (*error["loc"], context["field"]), "input": context["got"]}
    return error

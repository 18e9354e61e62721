"""The query of a request, read and described by its model.

The framework can do both, but takes longer to read a query than a replica to find twenty similar titles.
"""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from serving.contracts import Query
from serving.once import repeated

Asked = TypeVar("Asked", bound=Query)


def read(model: type[Asked]) -> Any:
    """Return the dependency that reads a query, and refuses one that is not what the model says."""

    async def asked(request: Request) -> Asked:
        query = request.query_params
        if len(query) < len(query.multi_items()):
            raise _twice(request)
        try:
            return model.model_validate(dict(query))
        except ValidationError as error:
            places = [one | {"loc": ("query", *one["loc"])} for one in error.errors()]
            raise RequestValidationError(places) from None

    return Depends(asked)


def described(model: type[Query]) -> dict[str, Any]:
    """Return what OpenAPI is told of a query, as ``openapi_extra``."""
    schema = model.model_json_schema()
    needed = schema.get("required", ())
    parameters = [
        {"name": name, "in": "query", "required": name in needed, "schema": one}
        | ({"description": one["description"]} if "description" in one else {})
        for name, one in schema.get("properties", {}).items()
    ]
    return {"parameters": parameters}


def _twice(request: Request) -> RequestValidationError:
    query = request.query_params
    name = next(one for one in query if len(query.getlist(one)) > 1)
    return repeated(("query", name), query.getlist(name))

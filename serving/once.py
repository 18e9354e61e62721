"""Nothing may be said twice: a repeated parameter or key would be told apart by chance."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError


async def parameters_once(request: Request) -> None:
    """Refuse a query that names a parameter twice.

    Raises
    ------
    RequestValidationError
        Naming the parameter.
    """
    for name in request.query_params:
        values = request.query_params.getlist(name)
        if len(values) > 1:
            raise _repeated(("query", name), values)


def keys_once(body: bytes, *, many: bool) -> None:
    """Refuse an object, or a list of them, in which a key comes twice.

    Parameters
    ----------
    body : bytes
        Valid JSON, no object within another.
    many : bool
        Whether it is a list.

    Raises
    ------
    RequestValidationError
        Naming the key, and the object's place in the list.
    """
    place = 0

    def hook(pairs: list[tuple[str, Any]]) -> None:
        nonlocal place
        if len(pairs) != len(dict(pairs)):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            values = [value for name, value in pairs if name == twice]
            raise _repeated((place, twice) if many else (twice,), values)
        place += 1

    json.loads(body, object_pairs_hook=hook)


def _repeated(place: tuple[int | str, ...], values: list[Any]) -> RequestValidationError:
    error = {"type": "repeated", "loc": place, "msg": "one value", "input": values}
    return RequestValidationError([error])

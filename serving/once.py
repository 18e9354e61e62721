"""Nothing may be said twice: a repeated parameter or key would be told apart by chance."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson
from fastapi.exceptions import RequestValidationError

_KEY: Final = re.compile(rb'"[ \t\r\n]*:')
"""The end of every key; within a text the quotation mark would be escaped, and be counted too."""


def keys_once(body: bytes) -> None:
    """Refuse a body in which a key comes twice in one object.

    Parameters
    ----------
    body : bytes
        Valid JSON.

    Raises
    ------
    RequestValidationError
        Naming the key and its place, the outermost first.
    """
    if not surely_once(body):
        _refuse_repeats(json.loads(body, object_pairs_hook=_Pairs), ())


def surely_once(body: bytes) -> bool:
    """Return whether a glance tells that no key comes twice; it costs a tenth of looking at each.

    Of a key that comes twice only one is read, so that fewer are read than are written.
    """
    try:
        return _keys(orjson.loads(body)) == len(_KEY.findall(body))
    except orjson.JSONDecodeError:  # as for numbers that JSON does not know
        return False


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_keys(v) for v in value.values() if isinstance(v, (dict, list)))
    if isinstance(value, list):
        return sum(map(_keys, value))
    return 0


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written."""


def _refuse_repeats(value: Any, place: tuple[int | str, ...]) -> None:
    if isinstance(value, _Pairs):
        names = [name for name, _ in value]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise repeated((*place, twice), [one for name, one in value if name == twice])
        for name, one in value:
            _refuse_repeats(one, (*place, name))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            _refuse_repeats(one, (*place, at))


def repeated(place: tuple[int | str, ...], values: list[Any]) -> RequestValidationError:
    """Return the error of what was said several times at one place."""
    error = {"type": "repeated", "loc": place, "msg": "one value", "input": values}
    return RequestValidationError([error])

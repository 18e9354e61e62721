"""What is wrong with a request, in plain words: neither pydantic's sentences nor Python's notation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import orjson

from serving.contracts import PATTERNS

LONGEST_GOT = 100
NOTHING = "nothing"

_A_TIME: Final = "a date and a time with its zone, such as 2024-05-01T20:15:00Z"
_EXPECTED: Final = {
    "missing": "a value",
    "extra_forbidden": "no field of this name",
    "string_type": "text",
    "string_unicode": "text",
    "string_too_short": "text of at least {min_length} character",
    "string_too_long": "text of at most {max_length} characters",
    "finite_number": "a finite number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "timezone_aware": _A_TIME,
    "list_type": "a list",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "json_invalid": "valid JSON ({error})",
}
_BY_KIND: Final = {
    "int": "a whole number",
    "float": "a number",
    "uuid": "a UUID, such as 0b6f3a52-5d7c-4c0e-9a55-0d5a3f0a7c11",
    "datetime": _A_TIME,
    "model": "an object",
}


def expected(error: Mapping[str, Any]) -> str:
    """Return what a field must be, from an error of pydantic's."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return PATTERNS[context["pattern"]]
    if kind == "literal_error":
        return "one of " + str(context["expected"]).replace("'", "")
    words = _EXPECTED.get(kind) or _BY_KIND.get(kind.split("_", maxsplit=1)[0])
    return words.format(**context) if words else str(error["msg"])


def got(error: Mapping[str, Any]) -> Any:
    """Return what came instead, from an error of pydantic's; what is missing came as nothing."""
    return None if error["type"] == "missing" else shown(error.get("input"))


def shown(value: Any) -> Any:
    """Return what came in a form that JSON can hold and a log line can bear."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else _cut(str(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return _cut(value.decode(errors="replace"))
    return _cut(value if isinstance(value, str) else _json(value))


def spoken(value: Any) -> str:
    """Return what was shown as a sentence says it."""
    if value is None or value == "":
        return NOTHING
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_GOT else text[:LONGEST_GOT] + "…"

"""What is wrong with a request, in plain words: neither pydantic's sentences nor Python's notation."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from serving.contracts import MOMENT, PATTERNS

LONGEST_GOT = 100
MOST_BITS: Final = 10_000
NOTHING = "nothing"

_A_TIME: Final = PATTERNS[MOMENT]
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
    "bool": "true or false",
    "date": "a date, such as 2024-05-01",
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


def place(parts: Sequence[object]) -> str:
    """Return where something stands, of names that may be the sender's own."""
    return _cut(".".join(map(str, parts)))


def got(error: Mapping[str, Any]) -> Any:
    """Return what came instead, from an error of pydantic's; what is missing came as nothing."""
    return None if error["type"] == "missing" else shown(error.get("input"))


def shown(value: Any) -> Any:
    """Return what came in a form that JSON can hold and a log line can bear."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else _cut(_digits(value))
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
    try:
        return orjson.dumps(value, default=str).decode()
    except (
        TypeError
    ):  # numbers of more than 64 bits, half a character, or boxes in boxes without end
        return _longhand(value)


def _longhand(value: Any) -> str:
    try:
        return json.dumps(value, default=str)
    except (TypeError, ValueError, RecursionError):
        return "what cannot be shown"


def _digits(number: int) -> str:
    """Return a number as text; one of thousands of digits Python would not write."""
    return str(number) if number.bit_length() < MOST_BITS else "a number of thousands of digits"


def _cut(text: str) -> str:
    """Return the beginning of a text, and of half a character a question mark."""
    shown = text if len(text) <= LONGEST_GOT else text[:LONGEST_GOT] + "…"
    return shown.encode(errors="replace").decode()

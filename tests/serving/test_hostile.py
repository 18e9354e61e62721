"""Strings that break things elsewhere, sent as every parameter, id and text that the API describes."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.serving.stranger import JSON
from tests.serving.target import DESCRIPTION, Target

HOSTILE = (
    "", " ", "\x00", "a\x00b", "\x07\x1b[31m", "\r\nSet-Cookie: a=b", "\x7f", "\x85",
    "\u202e\u2066gnirts\u2069", "\u200b\ufeff", "\ufffe\uffff", "\U0010ffff", "🏳️‍🌈" * 30,
    "e\u0301", "\u00e9", "\u212b", "\u00c5", "\ufb01", "fi", "İ", "ß", "K", "a" + "\u0301" * 500,
    "a" * 129, "a" * 10_000, "卧" * 3000,
    "%", "_", "%_%", "\\", "'", "''", "\"", "'; DROP TABLE event; --", "\" OR 1=1 --", "1) OR (1=1", "$1", ":a", "%s%n%(a)s",
    "(a+)+$", "(" * 2000, "[" * 2000, "not " * 2000, ".*" * 200, "^(([a-z])+.)+[A-Z]([a-z])+$",
    "title:(a AND", "a~2^9", "[* TO *]", "+a -b !c", "{!func}", "genre = \"a\" or 1 = 1", "genre in [" + "\"a\"," * 900 + "\"a\"]",
    "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "javascript:alert(1)", "{{7*7}}", "${jndi:ldap://x/a}", "#{7*7}", "{0.__class__}",
    "../../etc/passwd", "..\\..\\a", "/etc/passwd", "%2e%2e%2f", "%00", "file:///etc/passwd", ".", "..", "a/b", "a;b=c", "a?b#c",
    "1e309", "-1e309", "-0", "0x10", "1_000", "\uff11\uff12", "NaN", "Infinity", "null", "true", "undefined", "[]", "{}", "[object Object]",
    "9" * 25, "-" + "9" * 25, "9" * 5000, "2024-02-30", "9999-12-31", "0001-01-01T00:00:00+14:00", "1700000000",
    "00000000-0000-0000-0000-000000000000", "W/\"a\"", "*",
)  # fmt: skip
VALUES = (
    *HOSTILE, None, True, False, 0, -1, 1e308, -0.0, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**400, [], {}, [[]], [None], {"a": {"b": []}},
    ["a"] * 3000,
)  # fmt: skip
UNUSUAL = ("\"\\ud800\"", "\"\\udc00\\ud800\"", "NaN", "Infinity", "-Infinity", "1e309", "-0", "1E400", "9" * 5000, "[" * 100_000, "{\"a\":" * 300, "01", "'a'", "\"\t\"")  # fmt: skip
"""Values that no writer of JSON would write."""
HOLE = "a hole for what is unusual"
OPERATIONS = {
    f"{method} {path}": operation
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
}
WITH_PARAMETERS = [name for name, one in OPERATIONS.items() if one.get("parameters")]
WITH_JSON = [
    name
    for name, one in OPERATIONS.items()
    if JSON in one.get("requestBody", {}).get("content", {})
]
LONGEST = 5_000
"""Characters of a problem, twenty fields of which are named."""
REFUSALS = {400, 401, 402, 403, 404, 409, 413, 414, 422, 429}


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_hostile_parameters_are_answered_or_refused(name: str, target: Target) -> None:
    usual = _usual(name)
    caller = _let_in(target, name)
    for parameter in OPERATIONS[name]["parameters"]:
        place = (parameter["in"], parameter["name"])
        for text in HOSTILE:
            if not _can_be_sent(text, place[0]):
                continue
            _check(_ask(target, caller, name, usual | {place: text}), f"{place} = {text!r:.80}")


@pytest.mark.parametrize("name", WITH_JSON)
def test_hostile_bodies_are_answered_or_refused(name: str, target: Target) -> None:
    usual, caller = _usual(name), _let_in(target, name)
    for place, body in _bodies(_example(name)):
        _check(_ask(target, caller, name, usual, body), f"{place} of {body[:200]!r}")


def _usual(name: str) -> dict[tuple[str, str], str]:
    """What must be said, as the description shows it."""
    return {
        (one["in"], one["name"]): str(one["example"])
        for one in OPERATIONS[name].get("parameters", [])
        if one.get("required")
    }


def _example(name: str) -> Any:
    told = OPERATIONS[name]["requestBody"]["content"][JSON]
    return told.get("example") or told["schema"]["examples"][0]


def _let_in(target: Target, name: str) -> dict[str, str]:
    """The first who may ask at all."""
    body = b"{}" if name in WITH_JSON else None
    for headers in target.callers.values():
        if _ask(target, headers, name, _usual(name), body).status_code not in {401, 403}:
            return headers
    return {}


def _ask(
    target: Target,
    caller: dict[str, str],
    name: str,
    said: dict[tuple[str, str], str],
    body: bytes | None = None,
) -> httpx.Response:
    method, path = name.split(" ")
    headers: dict[str, Any] = dict(caller)
    query = {}
    for (place, key), text in said.items():
        if place == "path":
            path = path.replace(f"{{{key}}}", quote(text, safe=""))
        elif place == "query":
            query[key] = text
        else:
            headers[key] = text.encode("latin-1")
    if body is not None:
        headers["Content-Type"] = JSON
    url = f"{path}?{urlencode(query)}" if query else path
    return target.http.request(method, url, headers=headers, content=body)


def _can_be_sent(text: str, place: str) -> bool:
    """Whether a client would send it there: of a path it walks the dots itself, and a header is a line."""
    if place == "path":
        return text not in {"", ".", ".."}
    if place == "header":
        return text == text.strip() and text.isprintable() and all(ord(one) < 256 for one in text)
    return True


def _bodies(example: Any) -> Iterator[tuple[str, bytes]]:
    """The example with each of its values replaced by each hostile one, and by what is no JSON."""
    for place, holed in _holed(example):
        text = json.dumps(holed)
        for value in VALUES:
            yield place, text.replace(f'"{HOLE}"', json.dumps(value)).encode()
        for unusual in UNUSUAL:
            yield place, text.replace(f'"{HOLE}"', unusual).encode()
    for text in HOSTILE:
        yield "key", json.dumps({text: 1} | (example if isinstance(example, dict) else {})).encode()
        yield "whole", text.encode()


def _holed(example: Any) -> Iterator[tuple[str, Any]]:
    yield "", HOLE
    parts = example.items() if isinstance(example, dict) else ()
    parts = enumerate(example) if isinstance(example, list) else parts
    for key, part in parts:
        for place, holed in _holed(part):
            whole = example.copy()
            whole[key] = holed
            yield f"{key}.{place}", whole


def _check(answer: httpx.Response, said: str) -> None:
    status = answer.status_code
    assert status < 400 or status in REFUSALS, f"{said}: {status} {answer.text[:300]}"
    assert "set-cookie" not in answer.headers
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json", said
        assert answer.json()["status"] == status
        assert len(answer.text) < LONGEST, f"{said}: {answer.text[:300]}"

"""Fills every call that the API describes with somebody's ids, so that a stranger can be sent to make it.

Whoever adds a route whose parameters or body name something that the walk does not know adds it here: an id that is
somebody's to ``PERSONAL``, one that is nobody's to ``COMMON``, and a body whose example does not fit the small world to
``BODIES``.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

METHODS = {"get", "post", "put", "patch", "delete"}
NAMES_SOMETHING = re.compile(r"(id|ids|cursor|viewer|account|profile|user|token)$", re.IGNORECASE)
JSON = "application/json"


class UnknownNameError(Exception):
    """A parameter or field that the walk does not know how to fill."""


@dataclass
class Person:
    """Somebody with a token and with things that are theirs."""

    viewer_id: str
    account_id: str
    token: str
    things: dict[str, str] = field(default_factory=dict)

    @property
    def marks(self) -> set[str]:
        """What must not be in an answer to anybody else."""
        return {self.viewer_id, self.account_id}


PERSONAL: dict[str, Callable[[Person], str]] = {
    "viewerId": lambda person: person.viewer_id,
    "recommendationId": lambda person: person.things["recommendationId"],
    "cursor": lambda person: person.things["cursor"],
    "profileId": lambda person: person.things["profileId"],
    "reviewId": lambda person: person.things["reviewId"],
}
IMPERSONAL = {("get /api/content/new-releases", "cursor")}
"""Parameters that are called as what is somebody's, and are nobody's."""
COMMON: dict[str, Callable[[], str]] = {
    "contentId": lambda: "t000",
    "titleId": lambda: "t000",
    "eventId": lambda: str(uuid4()),
    "feedbackId": lambda: str(uuid4()),
    "sessionId": lambda: f"session-{uuid4().hex}",
    "rowId": lambda: "popular",
    "bundleId": lambda: "",
    "promotionId": lambda: "autumn",
}


def _batch(person: Person) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"viewer_id": [person.viewer_id]}), sink)
    return sink.getvalue()


OWN_KEYS: dict[str, Callable[[], str]] = {"Idempotency-Key": lambda: uuid4().hex}
"""Headers that a call cannot do without, which each caller makes up."""
BODIES: dict[str, Callable[[Person], Any]] = {
    "post /api/recommendations/batch": _batch,
    "post /api/staff/catalog/import": lambda _: b"title_id,name\nt000,Story 0\n",
    "put /api/staff/rows/{rowId}": lambda _: {"name": "A row", "titles": ["t000"]},
    "put /api/staff/promotions/{promotionId}": lambda _: {
        "name": "Ours",
        "titles": ["t000"],
        "share": 0.1,
    },
    "patch /api/user/taste": lambda _: {
        "edits": [{"kind": "genre", "value": "Genre 0", "edit": "more"}]
    },
    # A limit, once set, would refuse what is walked later.
    "post /api/user/profiles": lambda _: {"name": "Ida"},
    "put /api/user/preferences": lambda _: {"autoplay": False},
    "patch /api/user/profiles/{profileId}": lambda _: {"name": "Ida"},
}


@dataclass(frozen=True)
class Call:
    """A request that is ready to be sent.

    Attributes
    ----------
    named : frozenset of str
        Things of somebody's that the address or the body names; of a body, the viewer alone counts, since whoever
        else's page an event speaks of is a word of its sender's.
    """

    method: str
    path: str
    params: dict[str, str]
    content: Any
    media_type: str | None
    named: frozenset[str]
    headers: dict[str, str] = field(default_factory=dict)


def operations(api: Mapping[str, Any]) -> Iterator[str]:
    """Every call of the API, such as ``get /health``."""
    for path, methods in api["paths"].items():
        yield from (f"{method} {path}" for method in methods if method in METHODS)


def filled(
    api: Mapping[str, Any], name: str, viewer: Person, rest: Person, *, bare: bool = False
) -> Call:
    """A call with one person's viewer id and another's other things; bare, nothing optional is said."""
    method, path = name.split(" ")
    operation = api["paths"][path][method]
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    named = set()
    for one in operation.get("parameters", []):
        place, key = one["in"], one["name"]
        if place == "header" and one.get("required", False):
            headers[key] = _made_up(key)
        if place == "header" or not _is_said(one, bare=bare) or (name, key) in IMPERSONAL:
            continue
        own = rest.things.get(f"{key} of {name}")  # where a route has cursors of its own
        value = own or _value(key, viewer, rest, one.get("example"))
        if key in PERSONAL:
            named.add(key)
        if place == "path":
            path = path.replace(f"{{{key}}}", value)
        else:
            params[key] = value
    content, media_type = _body(api, name, operation, viewer, rest, named)
    return Call(method.upper(), path, params, content, media_type, frozenset(named), headers)


def _made_up(header: str) -> str:
    if header not in OWN_KEYS:
        raise UnknownNameError(header)
    return OWN_KEYS[header]()


def _is_said(parameter: Mapping[str, Any], *, bare: bool) -> bool:
    personal = parameter["name"] in PERSONAL
    return parameter.get("required", False) or (personal and not bare)


def _value(key: str, viewer: Person, rest: Person, example: Any) -> Any:
    if key in PERSONAL:
        return PERSONAL[key](viewer if key == "viewerId" else rest)
    if key in COMMON:
        return COMMON[key]()
    if NAMES_SOMETHING.search(key) or example is None:
        raise UnknownNameError(key)
    return example


def _body(
    api: Mapping[str, Any],
    name: str,
    operation: Mapping[str, Any],
    viewer: Person,
    rest: Person,
    named: set[str],
) -> tuple[Any, str | None]:
    if "requestBody" not in operation:
        return None, None
    media_type, told = next(iter(operation["requestBody"]["content"].items()))
    if name in BODIES:
        return BODIES[name](viewer), media_type
    if media_type != JSON:
        raise UnknownNameError(f"a body of {media_type}")
    schema = _resolved(api, told["schema"])
    examples = schema.get("examples") or [schema.get("example")]
    if (example := told.get("example", examples[0])) is None:
        raise UnknownNameError("a body without an example")
    return _composed(api, schema, example, viewer, rest, named), media_type


def _composed(
    api: Mapping[str, Any],
    schema: Mapping[str, Any],
    example: Any,
    viewer: Person,
    rest: Person,
    named: set[str],
) -> Any:
    """The example, every id in it filled, and every one that is somebody's added where the schema knows it."""
    if isinstance(example, list):
        items = _resolved(api, _one_of(api, schema, "items").get("items", {}))
        return [_composed(api, items, one, viewer, rest, named) for one in example]
    if not isinstance(example, dict):
        return example
    properties = _one_of(api, schema, "properties").get("properties", {})
    whole = {}
    for key in [*properties, *(one for one in example if one not in properties)]:
        if key not in example and key not in PERSONAL:
            continue
        if key == "viewerId":
            named.add(key)
        inner = _resolved(api, properties.get(key, {}))
        said = example.get(key)
        deep = isinstance(said, dict | list)
        whole[key] = (
            _composed(api, inner, said, viewer, rest, named)
            if deep
            else _value(key, viewer, rest, said)
        )
    return whole


def _one_of(api: Mapping[str, Any], schema: Mapping[str, Any], wanted: str) -> Mapping[str, Any]:
    """The first of a schema's alternatives that has properties, or items."""
    schema = _resolved(api, schema)
    if wanted in schema:
        return schema
    for one in [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]:
        if wanted in (found := _one_of(api, one, wanted)):
            return found
    return {}


def _resolved(api: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    return api["components"]["schemas"][schema["$ref"].rsplit("/", maxsplit=1)[-1]]

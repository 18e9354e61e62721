"""Events as a body brings them: one, or a list whose bad rows are named and whose good ones are taken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError

from serving import bodies
from serving.analytics.contracts import MOST_IN_A_BATCH, Event, Rejected
from serving.once import surely_once
from serving.problems import field_error

_ONE: Final = TypeAdapter(Event)
_MANY: Final = TypeAdapter(Annotated[list[Event], Field(min_length=1, max_length=MOST_IN_A_BATCH)])
EITHER: Final[TypeAdapter[Any]] = TypeAdapter(
    Event | Annotated[list[Event], Field(min_length=1, max_length=MOST_IN_A_BATCH)]
)
"""For the description of the API."""


@dataclass(slots=True)
class Batch:
    """What a body brought.

    Attributes
    ----------
    events : dict of int to Event
        By their places in the list.
    rejected : dict of int to Rejected
        What is wrong with each of the others.
    listed : bool
        Whether it was a list: of a single event that is bad nothing is left to take.
    """

    events: dict[int, Event]
    rejected: dict[int, Rejected] = field(default_factory=dict)
    listed: bool = True

    def place(self, at: int, name: str) -> str:
        """Return what a field of an event is called in an error."""
        return f"{at}.{name}" if self.listed else name

    def reject(self, at: int, name: str, expected: str, got: Any) -> None:
        """Take an event out again."""
        del self.events[at]
        self.rejected[at] = Rejected(index=at, field=name, expected=expected, got=got)


def read(body: bytes) -> Batch:
    """Read a body.

    Raises
    ------
    RequestValidationError
        If it is neither an event nor a list of at least one and at most ``MOST_IN_A_BATCH``, or a
        single event that is not as its contract says.
    """
    if body.lstrip()[:1] != b"[":
        return Batch({0: bodies.read(_ONE, body)}, listed=False)
    try:
        events = _MANY.validate_json(body)
    except ValidationError as error:
        faults = [bodies.placed(dict(one)) for one in error.errors()]
        if any(not fault["loc"] for fault in faults):
            raise RequestValidationError(faults) from None
        return _parted(body, faults)
    if not surely_once(body):
        return _parted(body, [])
    return Batch(dict(enumerate(events)))


def _parted(body: bytes, faults: Sequence[dict[str, Any]]) -> Batch:
    """Name the rows that have a fault, or say something twice, and take the others."""
    batch = Batch({})
    for fault in faults:
        _name(batch, int(fault["loc"][0]), fault)
    rows = json.loads(body, object_pairs_hook=list, strict=False)
    for at, row in enumerate(rows):
        if at not in batch.rejected and (twice := _said_twice(row)):
            _name(
                batch,
                at,
                {"type": "repeated", "loc": (at, twice[0]), "msg": "one value", "input": twice[1]},
            )
    good = {at: dict(row) for at, row in enumerate(rows) if at not in batch.rejected}
    if good:
        events = _MANY.validate_json(json.dumps(list(good.values())))
        batch.events = dict(zip(good, events, strict=True))
    return batch


def _said_twice(row: list[tuple[str, Any]]) -> tuple[str, list[Any]] | None:
    names = [name for name, _ in row]
    if len(set(names)) == len(names):
        return None
    twice = next(name for name in names if names.count(name) > 1)
    return twice, [one for name, one in row if name == twice]


def _name(batch: Batch, at: int, fault: dict[str, Any]) -> None:
    """Note the first fault of a row."""
    if at not in batch.rejected:
        told = field_error({**fault, "loc": fault["loc"][1:]})
        batch.rejected[at] = Rejected(index=at, **told)

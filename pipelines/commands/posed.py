"""A protocol with its options given, and commands made of it and of whatever answers it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.benchmark.data import Data
    from pipelines.benchmark.protocol import Protocol
    from recsys.declaration import Shelf


@dataclass(frozen=True, slots=True)
class Posed:
    """A question that a command line poses.

    Attributes
    ----------
    name : str
        The protocol's.
    load : callable
        Reads and cuts the data.
    options : dict
        Those that may make it another kind of question.
    """

    name: str
    load: Callable[[], Data]
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def protocol(self) -> Protocol:
        """What ``protocols.toml`` says of it."""
        from pipelines.benchmark.protocol import PROTOCOLS

        return PROTOCOLS[self.name]

    def shelf(self, first: Path | None) -> Shelf:
        """Return where models for this kind of question are declared."""
        from recsys.declaration import Shelf
        from recsys.settings import Settings

        return Shelf.of(
            Settings().declarations, self.protocol.asked(dict(self.options)), first=first
        )


def command(
    pose: Callable[..., Posed], answer: Callable[..., None], about: str = ""
) -> Callable[..., None]:
    """Return a command with the options of a protocol and those of what answers it.

    Parameters
    ----------
    pose : callable
        Takes keywords alone.
    answer : callable
        Takes the posed question, and keywords.
    about : str, optional
        The command's help; by default that of ``pose``.
    """
    own = inspect.signature(pose, eval_str=True)
    others = list(inspect.signature(answer, eval_str=True).parameters.values())[1:]

    @wraps(pose)
    def run(**given: Any) -> None:
        theirs = {one.name: given.pop(one.name) for one in others}
        answer(pose(**given), **theirs)

    joined = [*own.parameters.values(), *others]
    run.__signature__ = own.replace(parameters=joined, return_annotation=None)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in joined}
    run.__doc__ = about or pose.__doc__
    return run

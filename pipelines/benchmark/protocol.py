"""What a protocol asks and how it is judged, as ``protocols.toml`` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from recsys.declaration import Question


class Protocol(BaseModel):
    """A protocol.

    Attributes
    ----------
    name, about : str
    question : "later", "next", "rest" or "end"
        Whose shelf the models are taken from.
    unordered : dict
        Options under which the question is "rest", since what is to be found is no end of anything.
    ks : tuple of int
        Lengths of list that are judged.
    shown, compared : tuple of str
        Metrics of the table, and of the paired differences.
    plotted : str
        The metric of the plot.
    models : tuple of str
        That run unless others are asked for.
    deep : dict of str to tuple of str
        Models that run too where all packages are installed that they need, of the extra ``deep``.
    ablated : str
        The hybrid whose parts ``recsys benchmark all`` tells apart; "" if none.
    rival_half_lives_days : tuple of float
        Of the rivals that popularity brings along.
    runs : tuple of dict
        What ``recsys benchmark all`` makes: a folder, and options of the protocol.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    about: str
    question: Question
    unordered: dict[str, Any] = {}
    ks: tuple[int, ...]
    shown: tuple[str, ...]
    compared: tuple[str, ...]
    plotted: str
    models: tuple[str, ...]
    deep: dict[str, tuple[str, ...]] = {}
    ablated: str = ""
    rival_half_lives_days: tuple[float, ...] = ()
    runs: tuple[dict[str, Any], ...] = ()

    @property
    def default_models(self) -> tuple[str, ...]:
        """Names of the models that run here unless others are asked for."""
        return (*self.models, *(name for name in self.deep if name not in self.left_out))

    @property
    def left_out(self) -> dict[str, list[str]]:
        """Models that would run too, and the packages that they lack."""
        absent = {
            name: [one for one in packages if find_spec(one) is None]
            for name, packages in self.deep.items()
        }
        return {name: packages for name, packages in absent.items() if packages}

    def asked(self, options: Mapping[str, Any]) -> Question:
        """Return the question that some options make of it."""
        plain = self.unordered and self.unordered.items() <= options.items()
        return "rest" if plain else self.question


def _read() -> dict[str, Protocol]:
    tables = tomllib.loads(Path(__file__).with_name("protocols.toml").read_text())
    return {name: Protocol(name=name, **table) for name, table in tables.items()}


PROTOCOLS = _read()
"""By name, in the order in which a report has them."""

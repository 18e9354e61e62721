"""What a hyperparameter may be in a search, as ``search.toml`` says: a range of numbers, or one of some choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from recsys.errors import ConfigError

Value: TypeAlias = bool | int | float | str

DIGITS = 3
"""Significant digits of what is tried: more say nothing, and whoever reviews a change has to read them."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Range(_Declared):
    """Numbers from ``low`` to ``high``, both included; whole ones alone where both are whole.

    Attributes
    ----------
    low, high : int or float
    log : bool
        Whether each factor is as likely as every other, rather than each step; ``low`` is above 0 then.
    """

    low: int | float
    high: int | float
    log: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if not self.low < self.high:
            raise ValueError(f"Expected high above low, which is {self.low}")
        if self.log and not self.low > 0:
            raise ValueError("Expected low above 0, since log is set")
        if isinstance(self.low, int) != isinstance(self.high, int):
            raise ValueError(
                "Expected two whole numbers, such as 1 and 10, or two others: 1.0 and 10.0"
            )
        return self

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers alone."""
        return isinstance(self.low, int)

    @property
    def ends(self) -> tuple[Value, ...]:
        """Return the values that are valid if all are."""
        return self.low, self.high

    def holds(self, value: object) -> bool:
        """Tell whether a value is one of those that may be tried."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return self.low <= value <= self.high and not (self.whole and value % 1)

    def rounded(self, value: Value) -> Value:
        """Return a value that may be tried as it is tried, with DIGITS digits if it is no whole number."""
        if self.whole or not isinstance(value, float):
            return value
        return min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)


class Choices(_Declared):
    """One of some values.

    Attributes
    ----------
    choices : tuple of bool, int, float or str
        At least two, each once.
    """

    choices: Annotated[tuple[Value, ...], Field(min_length=2, strict=False)]

    @model_validator(mode="after")
    def _each_once(self) -> Choices:
        if len({(type(one), one) for one in self.choices}) < len(self.choices):
            raise ValueError("Expected each choice once")
        return self

    @property
    def ends(self) -> tuple[Value, ...]:
        """Return the values that are valid if all are: here all."""
        return self.choices

    def holds(self, value: object) -> bool:
        """Tell whether a value is one of those that may be tried."""
        return value in self.choices

    def rounded(self, value: Value) -> Value:
        """Return a value as it is tried."""
        return value


Dimension: TypeAlias = Range | Choices


def dimensions(table: Mapping[str, Any], file: Path, at: str) -> Iterator[tuple[str, Dimension]]:
    """Yield what a table of ``search.toml`` declares, by paths such as ``ranker.leaves``.

    Parameters
    ----------
    table : mapping
    file : Path
        Where it stands.
    at : str
        Its name there.

    Raises
    ------
    ConfigError
        If something in it is neither a range, nor choices, nor a table of them; file and key are named.
    """
    for name, said in table.items():
        where = f"{file}, {at}.{name}"
        if not isinstance(said, dict):
            raise ConfigError(
                expected="a range { low = 1, high = 10 } or { choices = [1, 2] }",
                got=repr(said),
                where=where,
            )
        if said.keys() & {"low", "high", "log", "choices"} or not said:
            yield name, _dimension(said, where)
        else:
            inner = dimensions(said, file, f"{at}.{name}")
            yield from ((f"{name}.{path}", one) for path, one in inner)


def _dimension(said: Mapping[str, Any], where: str) -> Dimension:
    kind: type[Range] | type[Choices] = Choices if "choices" in said else Range
    try:
        return TypeAdapter(kind).validate_python(said)
    except ValidationError as error:
        raise ConfigError.of(error, where) from None

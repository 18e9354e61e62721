"""What the privacy gate lets through: a reviewed TOML file, each number explained in it."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from recsys.schema import LAKE_EVENTS
from recsys.tomlfile import read_toml

ALWAYS = tuple(field.name for field in LAKE_EVENTS if not field.nullable)
"""Columns without which an event in the lake is none."""


class Policy(BaseModel):
    """The rules of the gate.

    Attributes
    ----------
    k_viewers : int
        A title's events are kept if at least so many viewers have them.
    time_granularity_seconds : int
        Times are floored to a multiple of this; it divides a day.
    retention_days : int
        Events older than this, counted back from the newest, are left out.
    unknown_viewers_consent : bool
        Whether a viewer of whom no consent is recorded counts as consenting.
    row_kinds : tuple of str
        What the id of a row is cut down to.
    label_pattern : str
        A regular expression; a client's word that it does not describe from end to end is dropped.
    significant_digits : int
        Of numbers that are no counts.
    kept_columns : tuple of str
        The columns of LAKE_EVENTS that are filled; the rest is empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    k_viewers: int = Field(ge=1)
    time_granularity_seconds: int = Field(ge=1, le=86_400)
    retention_days: int = Field(ge=1)
    unknown_viewers_consent: bool
    row_kinds: tuple[str, ...] = Field(strict=False)
    label_pattern: str = Field(min_length=1)
    significant_digits: int = Field(ge=1, le=15)
    kept_columns: tuple[str, ...] = Field(strict=False)

    @field_validator("time_granularity_seconds")
    @classmethod
    def _divides_a_day(cls, seconds: int) -> int:
        if 86_400 % seconds:
            raise ValueError("seconds that divide a day (86,400)")
        return seconds

    @field_validator("label_pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"a regular expression ({error})") from None
        return pattern

    @field_validator("kept_columns")
    @classmethod
    def _known(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in columns if name not in LAKE_EVENTS.names]:
            raise ValueError(f"columns of LAKE_EVENTS, and none of {unknown}")
        if lacking := [name for name in ALWAYS if name not in columns]:
            raise ValueError(f"{lacking} among the columns, which every event needs")
        return columns

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Read a policy.

        Raises
        ------
        ConfigError
            If the file is missing, not TOML, or has a field that is unknown or wrong.
        """
        return read_toml(path, cls, "a privacy policy")

"""What is checked before training and how strictly: a reviewed TOML file, each number explained in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.health.counted import DAYS, REASONS
from recsys.tomlfile import read_toml

Severity = Literal["stop", "warn"]
Share = Annotated[float, Field(gt=0, le=1)]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(_Declared):
    """Which days are judged, and by which.

    Attributes
    ----------
    days : int
        So many days before a day say what is usual.
    weeks : int
        So many weeks before say what is usual of a weekday, as far as there are some.
    newest : int
        So many days are judged, the latest.
    least_days : int
        Of the days before so many must have events, else nothing is judged.
    least_events : int
        Nor if their median is less.
    """

    days: int = Field(ge=14)
    weeks: int = Field(ge=2)
    newest: int = Field(ge=1)
    least_days: int = Field(ge=7)
    least_events: int = Field(ge=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.least_days > self.days:
            raise ValueError("least_days of at most days")
        if max(self.days, 7 * self.weeks) + self.newest > DAYS:
            raise ValueError(f"days, and weeks, with newest of at most {DAYS} days")
        return self


class Check(_Declared):
    """What a failing check does: ``stop`` the night before training, or ``warn``."""

    severity: Severity


class Volume(Check):
    """Shares of the expected events, and the standard deviations that must be exceeded, too."""

    fewest: float = Field(gt=0, lt=1)
    most: float = Field(gt=1)
    deviations: float = Field(gt=0)


class Jump(Check):
    """By how much a share may differ from the usual, and by how many standard deviations."""

    jump: Share
    deviations: float = Field(gt=0)


class Moved(Check):
    """By how much a share may differ from that of the champion's data."""

    jump: Share


class Catalog(Check):
    """Shares: of the champion's titles that may be lost, of a day's events that may be about unknown titles."""

    lost: Share
    unknown: Share


class Filled(Check):
    """The share of a column's usual fill that may be lost."""

    lost: Share


class Silence(Check):
    """Hours without any event."""

    hours: float = Field(gt=0)


class Drift(_Declared):
    """How far data and models may move before somebody is told; nothing is stopped by it.

    Attributes
    ----------
    psi : float
        Population stability index of a quantity.
    ks : float
        Kolmogorov and Smirnov's distance of a number.
    usual : float
        So many times what a quantity moved by before is tolerated, too.
    vectors : float
        Median of one minus the cosine between a title's vectors of champion and challenger.
    share : float
        By how much the share of cold titles or of new viewers may differ.
    metric : float
        The share of a metric's usual value that the newest night may lose.
    """

    psi: float = Field(gt=0)
    ks: Share
    usual: float = Field(ge=1)
    vectors: float = Field(gt=0, le=2)
    share: Share
    metric: Share


class Accepted(_Declared):
    """An oddity that is known: the check's name, the day if it is of one, and why it may stay."""

    check: str
    day: date | None = None
    why: str = Field(min_length=1)


class HealthPolicy(_Declared):
    """The file ``data/health.toml``; a check that it leaves out is not made, drift is always measured."""

    window: Window
    schema_: Check | None = Field(default=None, alias="schema")
    future: Check | None = None
    missing: Check | None = None
    volume: Volume | None = None
    left_out: dict[Literal[*REASONS], Jump] = Field(default_factory=dict)  # type: ignore[valid-type]
    consent: Jump | None = None
    consent_since: Moved | None = None
    catalog: Catalog | None = None
    filled: Filled | None = None
    silence: Silence | None = None
    drift: Drift
    accepted: tuple[Accepted, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> Self:
        if unknown := [one.check for one in self.accepted if one.check not in self.names]:
            raise ValueError(f"checks among {sorted(self.names)}, and none of {unknown}")
        return self

    @property
    def names(self) -> set[str]:
        """The names of all checks that are made."""
        own = {
            name.removesuffix("_")
            for name in type(self).model_fields
            if isinstance(getattr(self, name), Check)
        }
        return own | {f"left_out.{name}" for name in self.left_out}

    @classmethod
    def read(cls, path: Path) -> HealthPolicy:
        """Read a policy.

        Raises
        ------
        ConfigError
            If the file is missing, not TOML, or has a field that is unknown or wrong.
        """
        return read_toml(path, cls, "the checks of a day's data")

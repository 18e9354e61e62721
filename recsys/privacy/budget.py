"""How exact the statistics are that staff and viewers may see: a reviewed TOML file, each number explained in it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recsys.privacy.noise import noisy_count, released
from recsys.privacy.release import Release
from recsys.tomlfile import read_toml


class Statistic(BaseModel):
    """How one kind of count is protected.

    Attributes
    ----------
    epsilon : float
        Spent on it for each day of events.
    most_per_viewer : int
        Groups of a day to which one viewer counts; a viewer counts once in each.
    threshold : int
        A noisy count below this is not told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    epsilon: float = Field(gt=0, le=10)
    most_per_viewer: int = Field(ge=1)
    threshold: int = Field(ge=1)

    def count(
        self, exact: Mapping[str, int], question: tuple[str, ...], key: bytes
    ) -> dict[str, int]:
        """Return what may be told of counts by group.

        Parameters
        ----------
        exact : mapping of str to int
            Of *every* group that is known whatever viewers did, zeros included: that a group is asked for must tell
            nothing of them. Each viewer counts to at most ``most_per_viewer``.
        question : tuple of str
            The statistic and its day.
        key : bytes
        """
        noisy = {
            group: noisy_count(
                count,
                (*question, group),
                key,
                epsilon=self.epsilon,
                sensitivity=self.most_per_viewer,
            )
            for group, count in exact.items()
        }
        return {
            group: one for group, one in noisy.items() if released(one, self.threshold) is not None
        }


class PublicCounts(BaseModel):
    """How counts are protected that are made public for each period, and kept.

    Attributes
    ----------
    epsilon : float
        Of one period.
    most_per_viewer : int
        Counts of a period that one viewer is in.
    minimum : int
        Smaller counts are never told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    epsilon: float = Field(gt=0, le=10)
    most_per_viewer: int = Field(ge=1)
    minimum: int = Field(ge=1)

    @property
    def release(self) -> Release:
        """The same, for who draws the noise."""
        return Release(Fraction(str(self.epsilon)), self.most_per_viewer, self.minimum)


class Budget(BaseModel):
    """All statistics, and what they may tell of one viewer together.

    Attributes
    ----------
    epsilon_per_day : float
        The most that all statistics together spend on a day of events.
    statistics : dict of str to Statistic
        That staff see, of each day.
    trending : PublicCounts
        Of what many watch now, which everybody sees; beside the budget of a day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    epsilon_per_day: float = Field(gt=0, le=10)
    statistics: dict[str, Statistic]
    trending: PublicCounts

    @model_validator(mode="after")
    def _within(self) -> Budget:
        spent = sum(one.epsilon for one in self.statistics.values())
        if spent > self.epsilon_per_day + 1e-9:
            raise ValueError(
                f"statistics whose epsilons add up to at most {self.epsilon_per_day:g}, and not {spent:g}"
            )
        return self

    @classmethod
    def read(cls, path: Path) -> Budget:
        """Read a budget.

        Raises
        ------
        ConfigError
            If the file is missing, not TOML, or has a field that is unknown or wrong.
        """
        return read_toml(path, cls, "a budget of private statistics")

"""The hyperparameters of the hybrid, as ``models/hybrid.toml`` fills them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from recsys.algorithm import Config
from recsys.ranking.ranker import RankerConfig


class HybridConfig(Config):
    """Hyperparameters of the hybrid.

    Attributes
    ----------
    parts : tuple of str
        Names on the shelf; one of them declares popularity.
    question : "later", "next", "rest" or "end"
        What the ranker learns to answer: what is watched over the time to come, the next title, the part
        of a history that was taken away by chance, or its last part.
    quota : int
        Titles that each part proposes to a viewer.
    shortlist : int
        Proposed titles of a viewer that the ranker sees, the best by the blend of the parts.
    voices : tuple of str
        Parts that are asked what each of the last few titles says by itself.
    later_share : float
        Share of the interactions, the latest, on which the ranker learns.
    stretches : int
        Into which the later part is cut; snapshots are taken at the start of each.
    places : int
        For the question "next": how many of the last titles of a history are asked for, one by one.
    held_out : float
        For the questions "rest" and "end": the share of a history that is asked for.
    most_lessons : int
        Viewers from whom the ranker learns, at most.
    half_lives_days : tuple of float
        Of the popularity part, whatever that declares: the first, unless another serves new viewers
        better beyond chance.
    ranker : RankerConfig
    """

    parts: tuple[str, ...] = Field(min_length=1)
    question: Literal["later", "next", "rest", "end"] = "later"
    quota: int = Field(default=100, ge=1)
    shortlist: int = Field(default=1000, ge=1)
    voices: tuple[str, ...] = ()
    later_share: float = Field(default=0.25, gt=0, lt=1)
    stretches: int = Field(default=6, ge=1)
    places: int = Field(default=4, ge=1)
    held_out: float = Field(default=0.2, gt=0, lt=1)
    most_lessons: int = Field(default=1500, ge=1)
    half_lives_days: tuple[float, ...] = Field(default=(365, 7, 30, 90, 1000), min_length=1)
    ranker: RankerConfig = RankerConfig()

    @model_validator(mode="after")
    def _voices_of_parts(self) -> HybridConfig:
        if strange := set(self.voices) - set(self.parts):
            raise ValueError(f"Expected voices among the parts, got {sorted(strange)}")
        return self

"""What the gate decided and from what: a record for programs, and the same for readers."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.files import atomic_file
from recsys.metrics.interval import Interval

METRIC = "ndcg@10"
"""What two models are compared by."""

JudgedAs = Literal[
    "its bundle",
    "its recipe, fitted before the cut",
    "what it reached when it was published",
    "nothing",
]


class Record(BaseModel):
    """Base of what a decision says; numbers that are not there are null."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(Record):
    """A mean over viewers with its 95 % interval."""

    mean: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, interval: Interval) -> Figure:
        """Take over an interval, with nothing for what is not a number."""
        numbers = (interval.mean, interval.low, interval.high)
        mean, low, high = (None if math.isnan(number) else number for number in numbers)
        return cls(mean=mean, low=low, high=high)

    def __str__(self) -> str:
        if self.mean is None or self.low is None or self.high is None:
            return "no value"
        return f"{self.mean:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


class Contestant(Record):
    """One side of the comparison: a model by its recipe and the code, and its bundle if it has one."""

    model: str
    recipe: str
    code: str | None = None
    bundle: str | None = None
    judged_as: JudgedAs | None = None


class Floor(Record):
    """The least value that a declaration asks for, and what was reached."""

    least: float
    reached: float | None


class Guarded(Record):
    """What a guardrail asks for, and what came.

    Attributes
    ----------
    name : str
        Of the metric.
    reached : Figure
        The challenger's, on the latest days.
    challenger, champion : Figure, optional
        Both on the same viewers; absent where nothing fair could be compared.
    difference : Figure, optional
        Challenger less champion, paired; absent for what only all lists together have.
    least, most, lose : float, optional
        As declared.
    why : str
        Why it refuses; empty where it does not.
    """

    name: str
    reached: Figure
    challenger: Figure | None = None
    champion: Figure | None = None
    difference: Figure | None = None
    least: float | None = None
    most: float | None = None
    lose: float | None = None
    why: str = ""


class Sliced(Record):
    """Both models for viewers of a kind.

    Attributes
    ----------
    name : str
    n_viewers : int
    challenger, champion, difference : Figure
        The last is paired, its interval so wide that those of all kinds hold at once.
    lose : float
        As declared.
    why : str
        Why it refuses; empty where it does not.
    """

    name: str
    n_viewers: int
    challenger: Figure
    champion: Figure
    difference: Figure
    lose: float
    why: str = ""


class Comparison(Record):
    """Both models on the same viewers.

    Attributes
    ----------
    cut : str
        UTC; both learned from what was before at most, and were asked for what came after.
    n_viewers : int
        Who were asked.
    metrics : dict of str to dict
        By metric: ``challenger``, ``champion``.
    difference : Figure
        Challenger less champion, paired.
    """

    cut: str
    n_viewers: int
    metrics: dict[str, dict[str, Figure]]
    difference: Figure


class Memory(Record):
    """What the champion reached when it was published, beside what the challenger reaches now.

    Attributes
    ----------
    then, now : Figure
    least : float or None
        What the challenger's mean had to be at least.
    """

    then: Figure
    now: Figure
    least: float | None


class Decision(Record):
    """What was compared, by how much they differ, and what follows.

    Attributes
    ----------
    published : bool
    reasons : tuple of str
        Why not; or one sentence why.
    challenger : Contestant
    champion : Contestant, optional
        Absent for the first bundle of a registry.
    cut : str
        UTC; the challenger's recipe learned from what was before and was asked for what came after.
    n_viewers : int
        Who were asked.
    compared_by : str
        Name of the metric.
    tolerance : float
        Share of the champion's figure.
    metrics : dict of str to Figure
        What the challenger's recipe reached.
    comparison : Comparison, optional
        Absent where nothing fair could be compared.
    memory : Memory, optional
        Absent where the champion was never judged.
    floors : dict of str to Floor
    guardrails : tuple of Guarded
    slices : tuple of Sliced
    """

    published: bool
    reasons: tuple[str, ...]
    challenger: Contestant
    champion: Contestant | None
    cut: str
    n_viewers: int
    compared_by: str = METRIC
    tolerance: float
    metrics: dict[str, Figure]
    comparison: Comparison | None
    memory: Memory | None
    floors: dict[str, Floor]
    guardrails: tuple[Guarded, ...] = ()
    slices: tuple[Sliced, ...] = ()

    @property
    def id(self) -> str:
        """The hash of all that it says, 12 hex digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def text(self) -> str:
        """Return the decision for a reader."""
        lines = ["published" if self.published else "the champion stays"]
        lines += [f"  - {reason}" for reason in self.reasons]
        lines += ["", f"challenger  {_side(self.challenger)}"]
        if self.champion is not None:
            lines.append(f"champion    {_side(self.champion)}")
        lines.append(
            f"judged      {self.n_viewers:,} viewers, what they watched from {self.cut} on"
        )
        lines += _comparison(self.comparison, self.compared_by) + _memory(self.memory)
        lines += [
            f"floor       {name}: at least {floor.least}, reached {_reached(floor)}"
            for name, floor in self.floors.items()
        ]
        lines += [_guarded(one) for one in self.guardrails]
        lines += [
            f"slice       {one.name}: {one.difference} of {one.champion}, {one.n_viewers:,} viewers"
            + (" REFUSED" if one.why else "")
            for one in self.slices
        ]
        lines += ["", *(f"{name:22} {figure}" for name, figure in self.metrics.items()), ""]
        return "\n".join(lines)

    def write(self, folder: Path) -> Path:
        """Write ``<model>-<cut's day>-<id>.json`` and the same as ``.txt``; return the first."""
        path = folder / f"{self.challenger.model}-{self.cut[:10]}-{self.id}.json"
        with atomic_file(path.with_suffix(".txt")) as beside:
            beside.write_text(self.text())
        with atomic_file(path) as beside:
            beside.write_text(self.model_dump_json(indent=1) + "\n")
        return path


def _comparison(comparison: Comparison | None, metric: str) -> list[str]:
    if comparison is None:
        return ["compared    on no days that neither has seen"]
    return [
        f"compared    {comparison.n_viewers:,} viewers, what they watched from {comparison.cut} on",
        f"difference  {comparison.difference} on {metric}",
    ]


def _memory(memory: Memory | None) -> list[str]:
    return [] if memory is None else [f"then, now   {memory.then}, {memory.now}"]


def _guarded(one: Guarded) -> str:
    against = ""
    if one.champion is not None:
        against = f"; on the same viewers {one.challenger}, the champion {one.champion}"
    return f"guardrail   {one.name}: {one.reached}{against}" + (" REFUSED" if one.why else "")


def _reached(floor: Floor) -> str:
    return "no value" if floor.reached is None else f"{floor.reached:.5f}"


def _side(contestant: Contestant) -> str:
    bundle = f", bundle {contestant.bundle}" if contestant.bundle else ""
    judged = f", judged by {contestant.judged_as}" if contestant.judged_as else ""
    code = f", code {contestant.code[:12]}" if contestant.code else ""
    return f"{contestant.model} (recipe {contestant.recipe}{code}{bundle}{judged})"

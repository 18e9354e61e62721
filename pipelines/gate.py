"""May a challenger take the champion's place: a decision that can be read, and the reasons for it."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.files import atomic_file
from recsys.errors import ConfigError
from recsys.evaluate import Evaluation
from recsys.metrics.interval import Interval, paired

METRIC = "ndcg@10"
"""What two models are compared by."""
TOLERANCE = 0.05
"""The largest share of the champion's figure that may be lost, however wide the interval is: with
few viewers an interval lets through almost anything."""

JudgedAs = Literal["its bundle", "its recipe, fitted before the cut", "the challenger's own recipe"]


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
    """One side of the comparison: a model by its recipe, and its bundle if it has one."""

    model: str
    recipe: str
    bundle: str | None = None
    judged_as: JudgedAs | None = None


class Floor(Record):
    """The least value that a declaration asks for, and what was reached."""

    least: float
    reached: float | None


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
        UTC; both learned from what was before and were asked for what came after.
    n_viewers : int
        Who were asked.
    compared_by : str
        Name of the metric.
    tolerance : float
        Share of the champion's figure.
    metrics : dict of str to dict
        By metric: ``challenger``, ``champion``.
    difference : Figure, optional
        Challenger less champion on the same viewers, paired.
    floors : dict of str to Floor
    """

    published: bool
    reasons: tuple[str, ...]
    challenger: Contestant
    champion: Contestant | None
    cut: str
    n_viewers: int
    compared_by: str = METRIC
    tolerance: float = TOLERANCE
    metrics: dict[str, dict[str, Figure]]
    difference: Figure | None
    floors: dict[str, Floor]

    @property
    def id(self) -> str:
        """The hash of all that it says, 12 hex digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def text(self) -> str:
        """Return the decision for a reader."""
        sides = [f"challenger  {_side(self.challenger)}"]
        if self.champion is not None:
            sides.append(f"champion    {_side(self.champion)}")
        return "\n".join(
            [
                "published" if self.published else "the champion stays",
                *(f"  - {reason}" for reason in self.reasons),
                "",
                *sides,
                f"asked       {self.n_viewers:,} viewers for what they watched from {self.cut} on",
                f"difference  {self.difference or 'nothing to compare with'} on {self.compared_by}",
                *(
                    f"floor       {name}: at least {floor.least}, reached {_reached(floor)}"
                    for name, floor in self.floors.items()
                ),
                "",
                *(
                    f"{name:22} {side:10} {figure}"
                    for name, sides in self.metrics.items()
                    for side, figure in sides.items()
                ),
                "",
            ]
        )

    def write(self, folder: Path) -> Path:
        """Write ``<model>-<cut's day>-<id>.json`` and the same as ``.txt``; return the first."""
        path = folder / f"{self.challenger.model}-{self.cut[:10]}-{self.id}.json"
        with atomic_file(path.with_suffix(".txt")) as beside:
            beside.write_text(self.text())
        with atomic_file(path) as beside:
            beside.write_text(self.model_dump_json(indent=1) + "\n")
        return path


def decide(
    challenger: tuple[Contestant, Evaluation],
    champion: tuple[Contestant, Evaluation] | None,
    floors: dict[str, float],
    *,
    cut: str,
    tolerance: float = TOLERANCE,
) -> Decision:
    """Compare two models that were judged on the same split.

    Parameters
    ----------
    challenger, champion : (Contestant, Evaluation)
        Without a champion the floors alone decide.
    floors : dict
        Least mean by metric, as the challenger's declaration has them in ``gates``.
    cut : str
        UTC, for the record.
    tolerance : float
        In [0, 1].

    Returns
    -------
    Decision
        Published unless a floor is missed, or against the champion either the whole paired
        interval of the difference is below 0, or the mean loses more than ``tolerance`` of it.

    Raises
    ------
    ConfigError
        If a floor is of a metric that was not measured.
    """
    means = challenger[1].means
    known = {name: _floor(name, least, means) for name, least in floors.items()}
    reasons = [
        f"{name} must be at least {floor.least}, and is {_reached(floor)}"
        for name, floor in known.items()
        if floor.reached is None or floor.reached < floor.least
    ]
    difference = None
    if champion is not None:
        difference = paired(challenger[1].values[METRIC], champion[1].values[METRIC])
        reasons += _losses(difference, champion[1].means[METRIC].mean, tolerance)
    return Decision(
        published=not reasons,
        reasons=tuple(reasons) or (_praise(difference),),
        challenger=challenger[0],
        champion=None if champion is None else champion[0],
        cut=cut,
        n_viewers=len(challenger[1].values[METRIC]),
        tolerance=tolerance,
        metrics=_figures(challenger[1], None if champion is None else champion[1]),
        difference=None if difference is None else Figure.of(difference),
        floors=known,
    )


def _floor(name: str, least: float, means: dict[str, Interval]) -> Floor:
    if name not in means:
        raise ConfigError(expected=f"one of {sorted(means)}", got=name, where="gates")
    return Floor(least=least, reached=Figure.of(means[name]).mean)


def _reached(floor: Floor) -> str:
    return "no value" if floor.reached is None else f"{floor.reached:.5f}"


def _losses(difference: Interval, champion: float, tolerance: float) -> list[str]:
    """Say in what the challenger is worse; figures that are no numbers can hide nothing."""
    losses = []
    if not difference.high >= 0:
        losses.append(
            f"{METRIC} is worse than the champion's by {-difference.mean:.4f}, and the whole interval "
            f"[{difference.low:.4f}, {difference.high:.4f}] is below 0"
        )
    if not difference.mean >= -tolerance * champion:
        losses.append(
            f"{METRIC} loses {-difference.mean:.4f} of the champion's {champion:.4f}, "
            f"which is more than the tolerated {tolerance:.0%}"
        )
    return losses


def _praise(difference: Interval | None) -> str:
    if difference is None:
        return "there is no champion yet, and every floor is passed"
    return (
        f"{METRIC} differs from the champion's by {difference.mean:+.4f} "
        f"[{difference.low:+.4f}, {difference.high:+.4f}], which is no loss, and every floor is passed"
    )


def _figures(challenger: Evaluation, champion: Evaluation | None) -> dict[str, dict[str, Figure]]:
    figures = {
        name: {"challenger": Figure.of(interval)} for name, interval in challenger.means.items()
    }
    for name, interval in champion.means.items() if champion else ():
        figures.setdefault(name, {})["champion"] = Figure.of(interval)
    return dict(sorted(figures.items()))


def _side(contestant: Contestant) -> str:
    bundle = f", bundle {contestant.bundle}" if contestant.bundle else ""
    judged = f", judged by {contestant.judged_as}" if contestant.judged_as else ""
    return f"{contestant.model} (recipe {contestant.recipe}{bundle}{judged})"

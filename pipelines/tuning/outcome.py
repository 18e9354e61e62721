"""What a search found, for a reader and for a program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipelines.figures import Json, difference
from pipelines.tuning.dimensions import Value
from pipelines.tuning.space import Space
from pipelines.tuning.study import Tried
from pipelines.tuning.validation import Validation
from recsys.metrics import Interval

Verdict = Literal["better", "no difference shown", "worse", "nothing better"]

_SAID: dict[Verdict, str] = {
    "better": "better: the interval on the slice that proves is above 0. A change of the declaration is proposed.",
    "no difference shown": "no difference shown: the interval on the slice that proves holds 0. No change is proposed.",
    "worse": "worse: the interval on the slice that proves is below 0. No change is proposed.",
    "nothing better": "nothing better: no trial was above the declared values. No change is proposed.",
}


@dataclass(frozen=True, slots=True)
class Gain:
    """What the best values gained over the declared ones on a slice.

    Attributes
    ----------
    slice : str
        Its cut, or its number where a protocol knows no time.
    n_viewers : int
    interval : Interval
        Of the paired difference.
    proves : bool
        Whether nothing was chosen by it.
    """

    slice: str
    n_viewers: int
    interval: Interval
    proves: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ``recsys tune`` found.

    Attributes
    ----------
    space : Space
    validation : Validation
    tried : list of Tried
        In order; the first is of the declared values.
    best : Tried
    gains : list of Gain
        The oldest slice first; empty if the declared values are the best.
    beside : dict of str to (float, float)
        Other metrics on the slice that proves: of the declared values and of the best; empty as ``gains``.
    importance : dict of str to float
    diff : str
        "" if no change is proposed.
    place : Path
        ``<place>.db``, ``.html`` and ``.diff`` are what it left.
    """

    space: Space
    validation: Validation
    tried: list[Tried]
    best: Tried
    gains: list[Gain]
    beside: dict[str, tuple[float, float]]
    importance: dict[str, float]
    diff: str
    place: Path

    @property
    def verdict(self) -> Verdict:
        """What the slice that proves says of the best values."""
        return verdict(self.gains)

    @property
    def said(self) -> str:
        """The verdict in a sentence."""
        return _SAID[self.verdict]

    @property
    def changes(self) -> dict[str, tuple[Value, Value]]:
        """What is declared and what the best values have instead, by path."""
        declared = self.space.declared
        return {
            path: (declared[path], value)
            for path, value in self.best.values.items()
            if value != declared[path]
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many trials ended, and how."""
        return {
            "ended": len(self.tried),
            "stopped": sum(one.stopped for one in self.tried),
            "refused": sum(bool(one.refused) for one in self.tried),
        }

    def text(self) -> str:
        """Return what a person reads, without the diff."""
        n, counts = len(self.validation.choosing), self.counts
        name = self.space.recipe.declaration.name
        lines = [
            f"{name} on {self.validation.name}: {self.validation.metric}, chosen by {n} slices, proved by one more",
            f"trials    {counts['ended']} ended, {counts['stopped']} of them given up on the way, {counts['refused']} refused",
            f"declared  {self.tried[0].mean:.4f}",
        ]
        if self.gains:
            tried = ", ".join(f"{path} {old} -> {new}" for path, (old, new) in self.changes.items())
            lines.append(f"best      {self.best.mean:.4f}  {tried}")
        lines += [
            f"{'proof' if one.proves else 'gain':9} {_signed(one.interval)}  {one.slice}, {one.n_viewers:,} viewers"
            for one in self.gains
        ]
        lines += [f"refused   {one.values}: {one.refused}" for one in self.tried if one.refused]
        if len(self.tried) == 1:
            lines.append("Nothing but the declared values was tried: raise --budget or --trials")
        return "\n".join([*lines, self.said, f"report    {self.place}.html"])

    def as_json(self) -> Json:
        """Return it for a program."""
        declaration = self.space.recipe.declaration
        return {
            "model": declaration.name,
            "data": self.validation.name,
            "metric": self.validation.metric,
            "verdict": self.verdict,
            "slices": [one.facts for one in self.validation.slices],
            "declared": {"values": self.space.declared, "mean": self.tried[0].mean},
            "best": {"values": self.best.values, "mean": self.best.mean},
            "gains": [
                {**_gain(one, declaration.name, self.validation.metric), "proves": one.proves}
                for one in self.gains
            ],
            "beside": {
                name: {"declared": declared, "best": best}
                for name, (declared, best) in self.beside.items()
            },
            "importance": self.importance,
            "trials": [_trial(one) for one in self.tried],
            "diff": self.diff,
            "report": f"{self.place}.html",
        }


def verdict(gains: list[Gain]) -> Verdict:
    """Say what the slice that proves shows."""
    if not gains:
        return "nothing better"
    proof = gains[-1].interval
    if proof.low > 0:
        return "better"
    return "worse" if proof.high < 0 else "no difference shown"


def _signed(one: Interval) -> str:
    return f"{one.mean:+.4f} [{one.low:+.4f}, {one.high:+.4f}]"


def _gain(one: Gain, model: str, metric: str) -> Json:
    said = difference(f"{model} at the best values", f"{model} as declared", metric, one.interval)
    return {"slice": one.slice, "viewers": one.n_viewers, **said}


def _trial(one: Tried) -> dict[str, Any]:
    return {
        "number": one.number,
        "values": one.values,
        "mean": one.mean,
        "means": list(one.means),
        "gain": one.gain,
        "stopped": one.stopped,
        "refused": one.refused or None,
        "seconds": round(one.seconds, 3),
    }

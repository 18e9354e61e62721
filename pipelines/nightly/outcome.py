"""What a night came to, for a person and for a program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.nightly.display import Line


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a night came to.

    Attributes
    ----------
    published : bool
        Whether the gate let the challenger through, in this run or in one with the same inputs.
    reasons : tuple of str
    model : str
    decision : Path
    challenger : str or None
        Id of its bundle; None if it was refused.
    champion : str or None
        Id of the bundle that serves now.
    steps : list of Line
    """

    published: bool
    reasons: tuple[str, ...]
    model: str
    decision: Path
    challenger: str | None
    champion: str | None
    steps: list[Line]

    def text(self) -> str:
        """Return the outcome in a few lines."""
        verdict = "published" if self.published else "the champion stays"
        serves = f"{self.champion} serves" if self.champion else "no bundle serves yet"
        lines = [f"{self.model}: {verdict}; {serves}", *self.reasons, f"decision: {self.decision}"]
        return "\n".join(lines)

    def facts(self) -> dict[str, Any]:
        """Return the outcome for a program."""
        return {
            "published": self.published,
            "reasons": list(self.reasons),
            "model": self.model,
            "decision": str(self.decision),
            "challenger": self.challenger,
            "champion": self.champion,
            "steps": [
                {"name": one.name, "done": one.done, "seconds": round(one.seconds, 3)}
                for one in self.steps
            ],
        }

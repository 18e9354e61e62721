"""What the checks of a day's data found: a record for programs, and a line each for readers."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Literal

from pipelines.decision import Record
from pipelines.files import atomic_file
from pipelines.health.policy import Accepted, Severity

Status = Literal["passed", "not judged", "accepted", "warned", "stopped"]


class Fault(Record):
    """One thing that is not as it must be.

    Attributes
    ----------
    day : date or None
        UTC; None where it is of no one day.
    expected, got, where : str
    hint : str
        What to do.
    """

    day: date | None = None
    expected: str
    got: str
    where: str
    hint: str

    def text(self) -> str:
        """Return it in one line."""
        return f"{self.where}: expected {self.expected}, got {self.got}"


class Finding(Record):
    """What one check came to.

    Attributes
    ----------
    check : str
    severity : "stop" or "warn"
        What a fault of it does.
    judged : str
        What was looked at, in words.
    not_judged : str
        Why nothing, or not all, could be judged; else empty.
    faults : tuple of Fault
        Those that count.
    accepted : tuple of (Fault, str)
        Those that somebody accepted, and why.
    """

    check: str
    severity: Severity
    judged: str
    not_judged: str = ""
    faults: tuple[Fault, ...] = ()
    accepted: tuple[tuple[Fault, str], ...] = ()

    @property
    def status(self) -> Status:
        """The same in a word."""
        if self.faults:
            return "stopped" if self.severity == "stop" else "warned"
        if self.accepted:
            return "accepted"
        return "not judged" if self.not_judged else "passed"

    def accepting(self, known: tuple[Accepted, ...]) -> Finding:
        """Return it with those faults set apart that are accepted."""
        why = {(one.check, one.day): one.why for one in known}
        told = [(fault, why.get((self.check, fault.day))) for fault in self.faults]
        return self.model_copy(
            update={
                "faults": tuple(fault for fault, reason in told if reason is None),
                "accepted": tuple((fault, reason) for fault, reason in told if reason is not None),
            }
        )

    def lines(self) -> list[str]:
        """Return it for a reader: a line, and one for each fault."""
        said = self.not_judged if self.status == "not judged" else self.judged
        return [
            f"{self.status:11} {self.check:24} {said}",
            *(f"{'':11} - {fault.text()}" for fault in self.faults),
            *(f"{'':11} - accepted ({why}): {fault.text()}" for fault, why in self.accepted),
        ]


class Checked(Record):
    """What all checks came to.

    Attributes
    ----------
    newest : date or None
        The newest day that is judged, UTC; None where files could not be read that far.
    findings : tuple of Finding
    """

    newest: date | None
    findings: tuple[Finding, ...]

    @property
    def stops(self) -> list[tuple[Finding, Fault]]:
        """The faults that stop a night, each with its check."""
        return self._with("stopped")

    @property
    def warnings(self) -> list[tuple[Finding, Fault]]:
        """The faults that are only told."""
        return self._with("warned")

    @property
    def name(self) -> str:
        """What the record is called: the newest day and a hash of all that is said."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]
        return f"{self.newest}-{digest}"

    def summary(self) -> str:
        """Return how many checks came to what, in a few words."""
        counted: dict[str, int] = {}
        for one in self.findings:
            counted[one.status] = counted.get(one.status, 0) + 1
        return ", ".join(f"{count} {status}" for status, count in counted.items())

    def text(self) -> str:
        """Return the record for a reader."""
        head = f"data up to {self.newest}: {self.summary()}"
        return "\n".join([head, *(line for one in self.findings for line in one.lines()), ""])

    def write(self, folder: Path, name: str | None = None) -> Path:
        """Write ``<name>.json`` and the same as ``.txt``; return the first."""
        path = folder / f"{name or self.name}.json"
        with atomic_file(path.with_suffix(".txt")) as beside:
            beside.write_text(self.text())
        with atomic_file(path) as beside:
            beside.write_text(self.model_dump_json(indent=1) + "\n")
        return path

    def _with(self, status: Status) -> list[tuple[Finding, Fault]]:
        return [
            (one, fault) for one in self.findings if one.status == status for fault in one.faults
        ]

"""What is known of the drift since the champion learned: a record that shows nobody."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import Field

from pipelines.decision import Record
from pipelines.drift.shifts import Shift
from pipelines.drift.trend import Night, lost
from pipelines.drift.vectors import Moved
from pipelines.files import atomic_file
from pipelines.health.policy import Drift as Limits

SUFFIX = ".drift.json"
"""Of the record beside a decision, after the decision's own name."""


class Share(Record):
    """A share in the stretch that ends with the champion's last lesson, and in the newest."""

    then: float
    now: float


class Drift(Record):
    """How far data and models have moved.

    Attributes
    ----------
    decision : str
        Name of the decision that it lies beside.
    champion : str or None
        Id of the bundle that is compared with.
    learned_until, until : datetime or None
        UTC; the ends of the two stretches of time that are compared.
    days : float
        How long each is.
    features : tuple of Shift
        What the champion's ranker sees.
    watched : tuple of Shift
        What is watched, where and on what.
    vectors : tuple of Moved
    shares : dict of str to Share
        ``cold_titles`` and ``new_viewers``.
    trend : tuple of Night
    not_compared : str
        Why there is nothing to compare; else empty.
    alarms : tuple of str
        What is above its threshold, a line each.
    """

    decision: str
    champion: str | None
    learned_until: datetime | None = None
    until: datetime | None = None
    days: float = 0.0
    features: tuple[Shift, ...] = ()
    watched: tuple[Shift, ...] = ()
    vectors: tuple[Moved, ...] = ()
    shares: dict[str, Share] = Field(default_factory=dict)
    trend: tuple[Night, ...] = ()
    not_compared: str = ""
    alarms: tuple[str, ...] = ()

    def judged(self, limits: Limits) -> Drift:
        """Return it with what is above its threshold."""
        alarms = [*_shifted(self, limits), *_moved(self, limits)]
        if (part := lost(list(self.trend))) is not None and part > limits.metric:
            alarms.append(
                f"the newest night lost {part:.0%} of the usual ndcg@10 (limit {limits.metric:.0%})"
            )
        return self.model_copy(update={"alarms": tuple(alarms)})

    def summary(self) -> str:
        """Return it in a few words."""
        if self.not_compared:
            return self.not_compared
        most = max((*self.features, *self.watched), key=lambda one: one.psi)
        told = f"{len(self.alarms)} above threshold" if self.alarms else "nothing above threshold"
        return f"{told}; {most.name} moved most (PSI {most.psi:.3f})"

    def write(self, decisions: Path) -> Path:
        """Write the record beside its decision; return where."""
        path = decisions / (self.decision.removesuffix(".json") + SUFFIX)
        with atomic_file(path) as beside:
            beside.write_text(self.model_dump_json(indent=1) + "\n")
        return path


def _shifted(drift: Drift, limits: Limits) -> list[str]:
    """Tell of what moved further than its threshold, and than it usually does.

    A number must have moved by both measures: of counts that take few values the index is large as
    soon as these values are others, however near.
    """
    lines = []
    for one in (*drift.features, *drift.watched):
        psi = max(limits.psi, limits.usual * (one.usual_psi or 0))
        ks = max(limits.ks, limits.usual * (one.usual_ks or 0))
        if one.psi > psi and (one.ks is None or one.ks > ks):
            by = "" if one.ks is None else f", KS {one.ks:.3f} (limit {ks:.3g})"
            lines.append(f"{one.name}: PSI {one.psi:.3f} (limit {psi:.3g}){by}")
    return lines


def _moved(drift: Drift, limits: Limits) -> list[str]:
    vectors = [
        f"vectors of {one.part}: the median title moved {one.median:.2f} (limit {limits.vectors:g})"
        for one in drift.vectors
        if one.median > limits.vectors
    ]
    shares = [
        f"{name.replace('_', ' ')}: {one.then:.1%} then, {one.now:.1%} now (limit {limits.share:.0%} apart)"
        for name, one in drift.shares.items()
        if abs(one.now - one.then) > limits.share
    ]
    return vectors + shares

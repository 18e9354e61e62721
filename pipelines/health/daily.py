"""The checks that hold each of the newest days against the days before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pipelines.health import policy
from pipelines.health.counted import FILLED
from pipelines.health.findings import Fault, Finding
from pipelines.health.window import Day, Days

RAW = "raw/events"
AGAIN = "Bring the day again by `recsys ingest`, or let the collector catch up"
LEAST_FILLED = 0.05
"""Columns that are filled in fewer events say little by their absence."""


def missing(days: Days, check: policy.Check) -> Finding:
    """Find days without any event."""

    def of(day: Day) -> Iterator[Fault]:
        if not day.count("events"):
            usual = day.usual_volume("events")[0]
            yield _fault(day, f"about {usual:,.0f} events", "none", RAW, AGAIN)

    return _finding("missing", check, days, of)


def volume(days: Days, check: policy.Volume) -> Finding:
    """Find days with far fewer or far more events than their weekday makes expect; repeated ones count once."""

    def of(day: Day) -> Iterator[Fault]:
        got = day.count("events") - day.count("duplicates")
        usual, spread = day.usual_volume("events")
        if not got:
            return  # a day without any is missing
        far = float(np.exp(check.deviations * spread))
        low, high = usual * min(check.fewest, 1 / far), usual * max(check.most, far)
        if not low <= got <= high:
            expected = f"{low:,.0f} to {high:,.0f} events, {usual:,.0f} being usual"
            hint = AGAIN if got < low else "Look for what was delivered twice, or under other ids"
            yield _fault(day, expected, f"{got:,.0f}", RAW, hint)

    return _finding("volume", check, days, of)


def left_out(days: Days, reason: str, check: policy.Jump) -> Finding:
    """Find days of whose events the gate left out far more than usual for a reason."""

    def of(day: Day) -> Iterator[Fault]:
        got, (usual, spread) = day.share(reason, "events"), day.usual_share(reason, "events")
        if (most := usual + max(check.jump, check.deviations * spread)) < got:
            expected = f"at most {most:.1%} of the events left out ({_said(reason)}), {usual:.1%} being usual"
            yield _fault(day, expected, f"{got:.1%}", "lake/gate.json", _LOOK[reason])

    return _finding(f"left_out.{reason}", check, days, of)


def consent(days: Days, check: policy.Jump) -> Finding:
    """Find days on which the share of viewers without consent is another than usual."""

    def of(day: Day) -> Iterator[Fault]:
        got = day.share("viewers_without_consent", "viewers")
        usual, spread = day.usual_share("viewers_without_consent", "viewers")
        far = max(check.jump, check.deviations * spread)
        if day.count("viewers") and abs(got - usual) > far:
            expected = f"{max(usual - far, 0):.1%} to {usual + far:.1%} of viewers without consent"
            yield _fault(day, expected, f"{got:.1%}", "raw/viewers.parquet", _CONSENT)

    return _finding("consent", check, days, of)


def filled(days: Days, check: policy.Filled) -> Finding:
    """Find columns of events that were filled and no longer are."""

    def of(day: Day) -> Iterator[Fault]:
        for name in FILLED:
            usual, got = (
                day.usual_share(f"filled_{name}", "kept")[0],
                day.share(f"filled_{name}", "kept"),
            )
            if day.count("kept") and usual >= LEAST_FILLED and got < (1 - check.lost) * usual:
                expected = f"{name} in about {usual:.0%} of the events"
                yield _fault(day, expected, f"{got:.0%}", RAW, "Look at what writes this column")

    return _finding("filled", check, days, of)


_CONSENT = "Deliver the list of viewers again: `recsys ingest` with their consents"
_LOOK = {
    "duplicates": "Look for who sends events twice",
    "too_old": "Look at retention_days of the privacy policy",
    "without_consent": _CONSENT,
    "searches": "Look for which events beside searches are not delivered",
    "unknown_titles": "Ingest the catalog of that day, or look for ids that are written otherwise",
    "few_viewers": "Look for ids of titles or viewers that are written otherwise",
}


def _said(reason: str) -> str:
    return reason.replace("_", " ")


def _fault(day: Day, expected: str, got: str, where: str, hint: str) -> Fault:
    return Fault(day=day.date, expected=expected, got=got, where=f"{where}, {day.date}", hint=hint)


def _finding(
    name: str, check: policy.Check, days: Days, of: Callable[[Day], Iterator[Fault]]
) -> Finding:
    faults = tuple(fault for day in days.judged() for fault in of(day))
    return Finding(
        check=name,
        severity=check.severity,
        judged=days.about,
        not_judged=days.unknown,
        faults=faults,
    )

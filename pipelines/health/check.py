"""All checks of a day's data together, and the refusal to learn from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from pipelines.health import counted, daily, whole
from pipelines.health.findings import Checked, Finding
from pipelines.health.memory import Memory
from pipelines.health.policy import HealthPolicy
from pipelines.health.window import Days
from recsys.errors import HealthError


def check(
    store: Path,
    policy: HealthPolicy,
    *,
    champion: pa.Table | None = None,
    now: datetime | None = None,
    day: date | None = None,
) -> Checked:
    """Check what lies right of the privacy gate before a model learns from it.

    Reads counts and footers alone, so that it costs the same whatever a day holds.

    Parameters
    ----------
    store : Path
        With a lake.
    policy : HealthPolicy
    champion : pyarrow.Table, optional
        TITLES as the champion knows them.
    now : datetime, optional
        With a time zone; by default this machine's clock.
    day : date, optional
        UTC; the day that must be there, and whole. By default the newest one that ran to its end.

    Raises
    ------
    InputError
        If there is no lake, or it is damaged.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    table = counted.read(store)
    memory = Memory.read(store).next(store, table)
    days = Days.of(table, policy.window, now.date(), day)
    findings = tuple(
        one.accepting(policy.accepted)
        for one in [
            *_of_all(store, policy, table, days, memory=memory, champion=champion, now=now),
            *_of_days(policy, days),
        ]
    )
    checked = Checked(newest=days.last.astype(object), findings=findings)
    if not checked.stops:
        memory.write(store)
    return checked


def require_healthy(checked: Checked, record: Path) -> None:
    """Refuse data in which a check of severity "stop" failed; the error names the first.

    Raises
    ------
    HealthError
    """
    if not checked.stops:
        return
    finding, fault = checked.stops[0]
    more = len(checked.stops) - 1
    others = f" ({more} more faults in {record})" if more else ""
    raise HealthError(
        expected=fault.expected,
        got=f"{fault.got}{others}",
        where=f"check {finding.check}: {fault.where}",
        hint=f"{fault.hint}. Nothing was learned and the champion serves on; what is known to be right is "
        f"accepted in the checks' TOML: {_entry(finding, fault.day)}",
    )


def check_raw(store: Path, policy: HealthPolicy) -> None:
    """Refuse files left of the gate that are not what their schema says, which the gate would stumble over.

    Raises
    ------
    HealthError
    """
    if policy.schema_ is not None:
        finding = whole.raw_schema(store / "raw", policy.schema_).accepting(policy.accepted)
        if finding.status == "stopped":
            checked = Checked(newest=None, findings=(finding,))
            require_healthy(checked, checked.write(store / "health", "raw"))


def _of_all(
    store: Path,
    policy: HealthPolicy,
    table: pa.Table,
    days: Days,
    *,
    memory: Memory,
    champion: pa.Table | None,
    now: datetime,
) -> Iterator[Finding]:
    if policy.schema_ is not None:
        yield whole.lake_schema(store / "lake", policy.schema_)
    if policy.future is not None:
        yield whole.future(table, policy.future, now)
    if policy.consent_since is not None:
        yield whole.consent_since(memory, policy.consent_since)
    if policy.catalog is not None:
        yield whole.catalog(store, days, champion, policy.catalog)


def _of_days(policy: HealthPolicy, days: Days) -> Iterator[Finding]:
    if policy.missing is not None:
        yield daily.missing(days, policy.missing)
    if policy.volume is not None:
        yield daily.volume(days, policy.volume)
    for reason, jump in policy.left_out.items():
        yield daily.left_out(days, reason, jump)
    if policy.consent is not None:
        yield daily.consent(days, policy.consent)
    if policy.filled is not None:
        yield daily.filled(days, policy.filled)


def _entry(finding: Finding, day: date | None) -> str:
    of = "" if day is None else f", day = {day}"
    return f'[[accepted]] with check = "{finding.check}"{of}'

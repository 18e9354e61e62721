"""What of a night somebody is told who is not looking at it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pipelines.alerts import Alert, Kind, send
from pipelines.nightly.checking import last_checked, silence
from pipelines.nightly.display import Display
from pipelines.nightly.drifting import last_drift
from pipelines.registry import Registry
from recsys.errors import HealthError, RecsysError
from recsys.settings import Settings


def tell_stopped(settings: Settings, model: str, error: Exception, display: Display) -> None:
    """Tell that a night ended before its end."""
    record = None
    if isinstance(error, HealthError):
        record = str(settings.store / "health" / "checks.txt")
    _tell(settings, model, "stopped", [_line(error)], record=record, display=display)


def tell_outcome(settings: Settings, model: str, registry: Registry, display: Display) -> None:
    """Tell what this run found: a refusal, drift, warnings; what an earlier run found was told then."""
    done = {line.name for line in display.lines if line.done}
    found: list[tuple[Kind, list[str]]] = []
    path = registry.root / "decisions" / _decision(settings)
    decision = json.loads(path.read_text())
    if "gate" in done and not decision["published"]:
        found.append(("refused", list(decision["reasons"])))
    if "drift" in done and (drift := last_drift(settings, registry)):
        found.append(("drifted", list(drift.alarms)))
    found.append(("warned", _warnings(settings, checked="check" in done)))
    told = [(kind, line) for kind, lines in found for line in lines]
    if told:
        lines = [line for _, line in told]
        _tell(settings, model, told[0][0], lines, record=str(path), display=display)


def _warnings(settings: Settings, *, checked: bool) -> list[str]:
    newest, quiet = last_checked(settings.store), silence(settings)
    faults = [(one.check, fault) for one, fault in newest.warnings] if newest and checked else []
    if quiet is not None:
        faults += [(quiet.check, fault) for fault in quiet.faults]
    return [f"check {name}: {fault.text()}" for name, fault in faults]


def _tell(
    settings: Settings,
    model: str,
    kind: Kind,
    lines: Sequence[str],
    *,
    record: str | None,
    display: Display,
) -> None:
    if not settings.alert_url.get_secret_value():
        return
    newest = last_checked(settings.store)
    alert = Alert(
        kind=kind,
        store=settings.store.resolve().name,
        model=model,
        night=None if newest is None else str(newest.newest),
        lines=tuple(lines),
        record=record,
    )
    with display.step("alert") as line:
        line.result = f"{kind}; {send(alert, settings.alert_url)}"


def _line(error: Exception) -> str:
    """Say what stopped a night, without what came unless it was counted: it may be of somebody."""
    if isinstance(error, HealthError):
        return str(error)
    if isinstance(error, RecsysError):
        return f"{error.where}: expected {error.expected}" + (
            f". {error.hint}" if error.hint else ""
        )
    return f"{type(error).__name__}; the log says more"


def _decision(settings: Settings) -> str:
    pointer = json.loads((settings.store / "judged" / "decision.json").read_text())
    return str(pointer["decision"])

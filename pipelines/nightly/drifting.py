"""The step that tells how data and models have moved since the champion learned."""

from __future__ import annotations

import json

from pipelines.build import Built
from pipelines.drift import page
from pipelines.drift.measure import measure
from pipelines.drift.record import Drift
from pipelines.drift.vectors import Vectors
from pipelines.files import atomic_file
from pipelines.health.policy import HealthPolicy
from pipelines.nightly import judged
from pipelines.nightly.checking import last_checked
from pipelines.nightly.display import Line
from pipelines.nightly.places import DRIFT_REPORT
from pipelines.registry import Registry
from recsys.settings import Settings


def measure_drift(settings: Settings, registry: Registry, line: Line) -> None:
    """Write the record beside the decision, the page, and which record it is into ``<store>/judged``."""
    store, decisions = settings.store, registry.root / "decisions"
    limits = HealthPolicy.read(settings.health_policy).drift
    pointer = json.loads((store / "judged" / "decision.json").read_text())
    vectors = Vectors.load(store / "judged" / "challenger" / judged.VECTORS)
    drift = measure(decisions / pointer["decision"], Built.read(store), registry, vectors, limits)
    path = drift.write(decisions)
    checked, data = last_checked(store), store.resolve().name
    page.write(store / DRIFT_REPORT, drift, checked, limits, data=data)
    with atomic_file(store / "judged" / "drift.json") as beside:
        beside.write_text(json.dumps({"drift": path.name}, indent=1) + "\n")
    line.result = drift.summary()


def last_drift(settings: Settings, registry: Registry) -> Drift | None:
    """Return the newest record, if there is one."""
    pointer = settings.store / "judged" / "drift.json"
    if not pointer.is_file():
        return None
    path = registry.root / "decisions" / json.loads(pointer.read_text())["drift"]
    return Drift.model_validate_json(path.read_bytes()) if path.is_file() else None

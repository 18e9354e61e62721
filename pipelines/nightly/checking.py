"""The step between the privacy gate and all learning: may this data be learned from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.health import whole
from pipelines.health.check import check, require_healthy
from pipelines.health.findings import Checked, Finding
from pipelines.health.policy import HealthPolicy
from pipelines.nightly.display import Line
from pipelines.nightly.places import CHECKS
from pipelines.registry import Registry
from recsys.settings import Settings


def check_data(settings: Settings, registry: Registry, line: Line, day: date | None = None) -> None:
    """Check the newest days, write the record, and refuse to go on if a check says so.

    Raises
    ------
    HealthError
        If a check of severity "stop" failed; the record is written then, too.
    """
    policy = HealthPolicy.read(settings.health_policy)
    checked = check(settings.store, policy, champion=_catalog(registry), day=day)
    record = checked.write(registry.root / "checks")
    checked.write(settings.store / CHECKS.parent, CHECKS.stem)
    line.result = checked.summary()
    require_healthy(checked, record)


def last_checked(store: Path) -> Checked | None:
    """Return what the newest checks found, if there were any."""
    path = store / CHECKS
    return Checked.model_validate_json(path.read_bytes()) if path.is_file() else None


def silence(settings: Settings) -> Finding | None:
    """Look whether nothing has come for long; every night, since a night without news skips its steps."""
    declared = HealthPolicy.read(settings.health_policy)
    if declared.silence is None:
        return None
    finding = whole.silence(settings.store, declared.silence, datetime.now(UTC))
    return finding.accepting(declared.accepted)


def _catalog(registry: Registry) -> pa.Table | None:
    champion = registry.champion_id()
    path = registry.bundles_path / (champion or "") / "catalog.parquet"
    return pq.read_table(path, columns=["title_id"]) if champion and path.is_file() else None

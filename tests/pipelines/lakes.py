"""Stores with small events, and policies to take them through the gate with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.ingest import ingest
from recsys.privacy.policy import Policy
from tests.pipelines.events import event, write_catalog, write_lines

POLICY = Policy.read(Path(__file__).parents[2] / "data" / "privacy.toml")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def policy(**changes: Any) -> Policy:
    return POLICY.model_copy(update=changes)


def store_of(folder: Path, rows: list[dict[str, Any]], **consent: bool) -> Path:
    write_catalog(folder / "in", **consent)
    if rows:
        write_lines(folder / "in" / "events.jsonl", rows)
    ingest(folder / "in", folder / "store", now=NOW)
    return folder / "store"


def secret(number: int) -> dict[str, Any]:
    """An event with everything that must stay behind, easy to find again."""
    return event(
        number,
        session_id=f"session-secret-{number}",
        recommendation_id=f"answer-secret-{number}",
        device_id=f"device-secret-{number}",
        client_address=f"192.0.2.{number % 250}",
        query=f"words secret {number}",
        region="DE",
        device_type="tv",
        row_id=f"because-secret-{number}",
        source=f"secret-{number}",
        experiment=f"secret:{number}",
        bundle_id=f"5ec4e7{number:010x}",
        propensity=0.123456789,
    )

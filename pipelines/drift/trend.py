"""How the challengers of the last nights were judged, as the registry's decisions say."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from pydantic import ValidationError

from pipelines.decision import METRIC, Decision, Figure, Record

NIGHTS: Final = 60
METRICS: Final = (METRIC, "recall@20", "coverage@10", "novelty@10", "calibration@10")
LEAST: Final = 3
"""Nights before that say what is usual."""


class Night(Record):
    """What one decision says: the cut, the model, whether it was published, and some of its figures."""

    cut: str
    model: str
    published: bool
    metrics: dict[str, Figure]


def trend(decisions: Path, current: Decision) -> list[Night]:
    """Return the last nights up to a decision, in the order of their cuts; that decision is the last.

    A decision that cannot be read, since other code wrote it, is left out.
    """
    found = {one.id: one for path in sorted(decisions.glob("*.json")) if (one := _read(path))}
    found[current.id] = current
    past = (one for one in found.values() if one.cut <= current.cut and one.id != current.id)
    ordered = [*sorted(past, key=lambda one: (one.cut, one.id)), current]
    return [_night(one) for one in ordered[-NIGHTS:]]


def lost(nights: list[Night]) -> float | None:
    """Return the share of the metric's median over the nights before that the newest lost; None if too few."""
    means = [one.metrics[METRIC].mean for one in nights if METRIC in one.metrics]
    known = [mean for mean in means if mean is not None]
    if len(known) <= LEAST or means[-1] is None:
        return None
    usual = float(np.median(known[:-1]))
    return 1 - known[-1] / usual if usual > 0 else None


def _read(path: Path) -> Decision | None:
    try:
        return Decision.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _night(one: Decision) -> Night:
    figures = {name: one.metrics[name] for name in METRICS if name in one.metrics}
    return Night(cut=one.cut, model=one.challenger.model, published=one.published, metrics=figures)

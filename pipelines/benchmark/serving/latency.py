"""How long answers took, as the values that a share of them did not exceed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

QUANTILES: Final = {"p50_ms": 0.5, "p99_ms": 0.99, "p999_ms": 0.999}


def percentiles(seconds: Sequence[float]) -> dict[str, float | None]:
    """Return the nearest ranks in milliseconds: a value that was measured, never one between two.

    None stands for an answer that never came (``inf``), and for no answer at all.

    Examples
    --------
    >>> percentiles([0.001, 0.002, 0.003, 0.004])
    {'p50_ms': 2.0, 'p99_ms': 4.0, 'p999_ms': 4.0}
    """
    ordered = sorted(seconds)
    return {name: _at(ordered, share) for name, share in QUANTILES.items()}


def _at(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    value = ordered[max(0, math.ceil(share * len(ordered)) - 1)]
    return 1e3 * value if math.isfinite(value) else None

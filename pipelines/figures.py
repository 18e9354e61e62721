"""Evaluations as the JSON that every comparison of models writes."""

from __future__ import annotations

import math
from typing import Any

from recsys.evaluate import Evaluation
from recsys.metrics import Interval

Json = dict[str, Any]


def row(
    model: str, evaluation: Evaluation, config: Json, *, fit_seconds: float, **more: int
) -> Json:
    """Return a model's means, intervals, times and hyperparameters."""
    means = evaluation.means
    return {
        "model": model,
        "metrics": {name: _number(one.mean) for name, one in means.items()},
        "intervals": {name: [_number(one.low), _number(one.high)] for name, one in means.items()},
        "fit_seconds": round(fit_seconds, 3),
        "score_seconds": round(evaluation.score_seconds, 3),
        **more,
        "config": config,
    }


def difference(model: str, rival: str, metric: str, paired: Interval) -> Json:
    """Return a paired difference, positive where ``model`` is better."""
    return {
        "model": model,
        "rival": rival,
        "metric": metric,
        "difference": _number(paired.mean),
        "interval": [_number(paired.low), _number(paired.high)],
    }


def _number(value: float) -> float | None:
    """JSON has no NaN: null where nobody was counted."""
    return None if math.isnan(value) else float(value)

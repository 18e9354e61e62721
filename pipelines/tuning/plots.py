"""The plots of a search, each from its trials to SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from pipelines.report.style import COLOURS, GRID, MUTED, axes
from pipelines.tuning.dimensions import Choices, Dimension, Value
from pipelines.tuning.study import Tried

BEST, TRIED, DECLARED = COLOURS[1], COLOURS[0], MUTED
FEW = 0.1
"""The share of trials, the best, that stand out where lines would hide each other."""


def history(tried: Sequence[Tried], best: Tried) -> str:
    """Draw what each trial gained over the declared values, and the best so far."""
    with axes(5.2, 3.2) as (plot, drawn):
        ended = [one for one in tried if one.mean is not None]
        stopped = [one for one in tried if one.stopped and one.gain is not None]
        plot.plot(*_points(ended), "o", color=TRIED, ms=4, alpha=0.8, label="judged on all slices")
        plot.plot(*_points(stopped), "x", color=MUTED, ms=4, alpha=0.6, label="given up on the way")
        most = np.maximum.accumulate([one.gain or 0.0 for one in ended])
        plot.step([one.number for one in ended], most, where="post", color=TRIED, lw=1.2)
        plot.plot(best.number, best.gain or 0.0, "o", color=BEST, ms=8, label="the best")
        _zero(plot)
        plot.set_xlabel("trial")
        plot.legend(loc="lower right")
    return drawn[0]


def importance(shares: Mapping[str, float]) -> str:
    """Draw what share of the differences each hyperparameter explains, the most on top."""
    names = sorted(shares, key=lambda name: shares[name])
    with axes(5.2, 0.7 + 0.3 * len(names)) as (plot, drawn):
        plot.barh(range(len(names)), [shares[name] for name in names], color=TRIED, height=0.6)
        plot.set_yticks(range(len(names)), names)
        plot.set_xlim(0, 1)
        plot.grid(visible=False, axis="y")
        plot.set_xlabel("share of the differences between trials that it explains")
    return drawn[0]


def slices(path: str, dimension: Dimension, tried: Sequence[Tried], best: Tried) -> str:
    """Draw gains by the values of one hyperparameter."""
    ended = [one for one in tried if one.mean is not None]
    with axes(5.2, 2.6) as (plot, drawn):
        places = [_at(dimension, one.values[path]) for one in ended]
        plot.plot(places, _points(ended)[1], "o", color=TRIED, ms=4, alpha=0.8)
        plot.axvline(_at(dimension, tried[0].values[path]), color=DECLARED, lw=1, ls="--")
        plot.plot(_at(dimension, best.values[path]), best.gain or 0.0, "o", color=BEST, ms=8)
        _zero(plot)
        if isinstance(dimension, Choices):
            plot.set_xticks(range(len(dimension.choices)), list(map(str, dimension.choices)))
        elif dimension.log:
            plot.set_xscale("log")
            plot.xaxis.set_major_formatter("{x:g}")
        plot.set_xlabel(path)
    return drawn[0]


def parallel(dimensions: Mapping[str, Dimension], tried: Sequence[Tried], best: Tried) -> str:
    """Draw each trial as a line across all hyperparameters; the best tenth stands out."""
    ended = sorted((one for one in tried if one.mean is not None), key=lambda one: one.mean or 0.0)
    few = len(ended) - max(int(len(ended) * FEW), 1)
    with axes(10.6, 3.2) as (plot, drawn):
        for place, one in enumerate(ended):
            heights = _heights(dimensions, one.values)
            good = place >= few
            plot.plot(heights, color=TRIED if good else GRID, lw=1.4 if good else 0.8)
        plot.plot(_heights(dimensions, tried[0].values), color=DECLARED, lw=1.6, ls="--")
        plot.plot(_heights(dimensions, best.values), color=BEST, lw=2.2)
        plot.set_xticks(range(len(dimensions)), list(dimensions))
        plot.set_yticks([0, 1], ["low", "high"])
        plot.set_xlim(-0.2, max(len(dimensions) - 0.8, 0.2))
    return drawn[0]


def _points(some: Sequence[Tried]) -> tuple[list[int], list[float]]:
    """Return the places of trials in the search, and their gains."""
    return [one.number for one in some], [one.gain or 0.0 for one in some]


def _zero(plot: Axes) -> None:
    plot.axhline(0, color=MUTED, lw=1, ls="--")
    plot.set_ylabel("gain over the declared")


def _at(dimension: Dimension, value: Value) -> float:
    if isinstance(dimension, Choices):
        return float(dimension.choices.index(value))
    return float(value)


def _heights(
    dimensions: Mapping[str, Dimension], values: Mapping[str, Value]
) -> NDArray[np.float64]:
    """Return where values lie between the ends of their ranges, in [0, 1]."""
    heights = []
    for path, one in dimensions.items():
        low, high = (
            (0.0, len(one.choices) - 1.0) if isinstance(one, Choices) else (one.low, one.high)
        )
        at = np.array([_at(one, values[path]), low, high])
        if not isinstance(one, Choices) and one.log:
            at = np.log(at)
        heights.append((at[0] - at[1]) / (at[2] - at[1]))
    return np.array(heights)

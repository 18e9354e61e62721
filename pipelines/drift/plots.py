"""The plots of the page, each from the record to SVG."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.drift.shifts import Shift
from pipelines.drift.trend import Night
from pipelines.drift.vectors import Moved
from pipelines.report.style import MUTED, axes, colour


def largest(shifts: Sequence[Shift], limit: float, count: int = 20) -> str:
    """Draw the largest indexes, with the threshold."""
    top = sorted(shifts, key=lambda one: -one.psi)[:count]
    with axes(5.2, 0.7 + 0.22 * len(top)) as (plot, drawn):
        heights = np.arange(len(top))
        plot.barh(heights, [one.psi for one in top], color=colour(0), height=0.65, alpha=0.85)
        usual = [np.nan if one.usual_psi is None else one.usual_psi for one in top]
        plot.plot(usual, heights, "o", color=colour(1), ms=5)
        plot.set_yticks(heights, [one.name for one in top])
        plot.set_ylim(len(top) - 0.4, -0.6)
        plot.axvline(limit, color=MUTED, lw=1, ls="--")
        plot.grid(visible=False, axis="y")
        plot.set_xlabel("PSI; dot: what is usual; dashed: threshold")
    return drawn[0]


def bins(shift: Shift) -> str:
    """Draw both distributions over the same bins."""
    with axes(3.6, 0.8 + 0.2 * len(shift.bins)) as (plot, drawn):
        heights = np.arange(len(shift.bins))
        plot.barh(heights, shift.then, color=MUTED, alpha=0.3, height=0.75, label="then")
        plot.plot(shift.now, heights, "o", color=colour(0), ms=5, label="now")
        plot.set_yticks(heights, shift.bins)
        plot.set_ylim(len(shift.bins) - 0.4, -0.6)
        plot.set_xlim(left=0)
        plot.grid(visible=False, axis="y")
        plot.set_xlabel("share; bar: then, dot: now")
    return drawn[0]


def moved(parts: Sequence[Moved], limit: float) -> str:
    """Draw how far titles have moved, a line a part."""
    with axes(5.2, 3.0) as (plot, drawn):
        for index, one in enumerate(parts):
            edges = np.linspace(0, 2, len(one.histogram) + 1)
            plot.stairs(one.histogram, edges, color=colour(index), lw=1.8, label=one.part)
        plot.axvline(limit, color=MUTED, lw=1, ls="--")
        plot.legend()
        plot.set_xlabel("one minus cosine, after alignment; dashed: threshold of the median")
        plot.set_ylabel("share of titles")
    return drawn[0]


def trend(nights: Sequence[Night], metric: str) -> str:
    """Draw a metric of each night with its interval; filled where the challenger was published."""
    told = [
        (at, one, one.metrics[metric]) for at, one in enumerate(nights) if metric in one.metrics
    ]
    with axes(5.2, 2.4) as (plot, drawn):
        for at, night, one in told:
            if one.mean is None or one.low is None or one.high is None:
                continue
            plot.plot([at, at], [one.low, one.high], color=colour(0), lw=2, alpha=0.35)
            face = colour(0) if night.published else "none"
            plot.plot(at, one.mean, "o", color=colour(0), mfc=face, ms=5)
        step = max(len(nights) // 6, 1)
        ticks = range(0, len(nights), step)
        plot.set_xticks(list(ticks), [nights[at].cut[5:10] for at in ticks])
        plot.set_ylabel(metric)
        plot.set_xlabel("cut of each night; hollow: refused")
    return drawn[0]

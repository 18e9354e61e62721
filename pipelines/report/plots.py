"""The plots of a report, each from numbers to SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.report.style import MUTED, axes, colour
from recsys.evaluate import Slice
from recsys.metrics import Interval


def intervals(named: Mapping[str, Interval], label: str, *, zero: bool = False) -> str:
    """Draw one interval a model, the best on top; ``zero`` marks no difference."""
    order = sorted(named, key=lambda name: named[name].mean)
    with axes(5.2, 0.55 + 0.32 * len(order)) as (plot, drawn):
        for height, name in enumerate(order):
            one, tint = named[name], colour(list(named).index(name) + zero)
            plot.plot([one.low, one.high], [height, height], color=tint, lw=3, alpha=0.45)
            plot.plot(one.mean, height, "o", color=tint, ms=6)
        plot.set_yticks(range(len(order)), order)
        plot.set_ylim(-0.6, len(order) - 0.4)
        plot.grid(visible=False, axis="y")
        plot.set_xlabel(label)
        if zero:
            plot.axvline(0, color=MUTED, lw=1, ls="--")
    return drawn[0]


def slices(by_model: Mapping[str, Sequence[Slice]], dimension: str, metric: str) -> str:
    """Draw a metric on the slices of a dimension, the models side by side."""
    names = [one.name for one in next(iter(by_model.values())) if one.dimension == dimension]
    with axes(5.2, 0.8 + 0.42 * len(names)) as (plot, drawn):
        step = 0.7 / len(by_model)
        for index, (model, found) in enumerate(by_model.items()):
            means = [s.means[metric] for s in found if s.dimension == dimension]
            values = np.array([(one.low, one.mean, one.high) for one in means])
            heights = np.arange(len(names)) + step * (index - (len(by_model) - 1) / 2)
            plot.hlines(heights, values[:, 0], values[:, 2], color=colour(index), lw=2, alpha=0.4)
            plot.plot(values[:, 1], heights, "o", color=colour(index), ms=4, label=model)
        counts = [
            one.n_viewers for one in next(iter(by_model.values())) if one.dimension == dimension
        ]
        ticks = [f"{name}\n{count:,} viewers" for name, count in zip(names, counts, strict=True)]
        plot.set_yticks(range(len(names)), ticks)
        plot.set_ylim(len(names) - 0.4, -0.6)
        plot.set_xlim(left=0)
        plot.grid(visible=False, axis="y")
        plot.set_xlabel(metric)
    return drawn[0]


def concentration(exposures: Mapping[str, NDArray[np.int64]]) -> str:
    """Draw what share of all places the most shown titles take (a Lorenz curve from the top)."""
    with axes(5.2, 3.2) as (plot, drawn):
        for index, (model, counts) in enumerate(exposures.items()):
            top = np.sort(counts)[::-1]
            shares = np.cumsum(top) / max(int(top.sum()), 1)
            ranks = np.arange(1, len(top) + 1)
            kept = np.unique(np.geomspace(1, len(top), 80).astype(int)) - 1
            plot.plot(ranks[kept], shares[kept], color=colour(index), lw=2, label=model)
        plot.set_xscale("log")
        plot.set_ylim(0, 1.02)
        plot.set_xlabel("titles, the most recommended first")
        plot.set_ylabel("share of all places")
    return drawn[0]


def histogram(values: Mapping[str, NDArray[np.float64]], label: str) -> str:
    """Draw how a value of each viewer is distributed."""
    edges = np.linspace(0, 1, 26)
    with axes(5.2, 3.2) as (plot, drawn):
        for index, (model, one) in enumerate(values.items()):
            counted = one[~np.isnan(one)]
            counts, _ = np.histogram(counted, edges)
            plot.stairs(
                counts / max(len(counted), 1), edges, color=colour(index), lw=1.8, label=model
            )
        plot.set_xlabel(label)
        plot.set_ylabel("share of viewers")
    return drawn[0]


def mixes(mixed: Mapping[str, NDArray[np.float64]], genres: Sequence[str]) -> str:
    """Draw the mix of genres in histories and in lists; the first of ``mixed`` are the histories."""
    order = np.argsort(-next(iter(mixed.values())), kind="stable")[:14]
    with axes(5.2, 0.8 + 0.27 * len(order)) as (plot, drawn):
        heights = np.arange(len(order))
        for index, (name, shares) in enumerate(mixed.items()):
            if index == 0:
                plot.barh(heights, shares[order], color=MUTED, alpha=0.25, height=0.75, label=name)
            else:
                plot.plot(shares[order], heights, "o", color=colour(index - 1), ms=5, label=name)
        plot.set_yticks(heights, [genres[place] for place in order])
        plot.set_ylim(len(order) - 0.4, -0.6)
        plot.grid(visible=False, axis="y")
        plot.set_xlabel("share of watching, and of the places in lists")
    return drawn[0]

"""Quality against the time that a fit takes, published figures as lines."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.benchmark.published import Published
from pipelines.figures import Json
from pipelines.report.style import INK, MUTED, axes, colour, on_white

LEAST_SECONDS = 0.01
"""A logarithmic axis has no zero."""
ABREAST = 3


def quality_by_time(answer: Json, metric: str, papers: Sequence[Published]) -> str:
    """Draw one point a model with its interval, as an SVG file that stands on white.

    Parameters
    ----------
    answer : dict
        What a benchmark writes.
    metric : str
        Such as ``ndcg@10``.
    papers : sequence of Published
        Those without the metric are left out.
    """
    known = sorted(
        (one for one in papers if metric in one.metrics), key=lambda one: one.metrics[metric]
    )
    with axes(7.2, 4.0) as (plot, drawn):
        plot.set_xscale("log")
        for index, one in enumerate(answer["rows"]):
            seconds, mean = max(one["fit_seconds"], LEAST_SECONDS), one["metrics"][metric]
            low, high = one["intervals"][metric]
            plot.plot([seconds, seconds], [low, high], color=colour(index), lw=3, alpha=0.35)
            plot.plot(seconds, mean, "o", color=colour(index), ms=6)
            plot.annotate(
                one["model"], (seconds, mean), (6, 4), textcoords="offset points", color=INK
            )
        for index, one in enumerate(known):
            plot.axhline(one.metrics[metric], color=MUTED, lw=0.8, ls="--", zorder=0)
            plot.annotate(
                one.model,
                # Neighbours' names stand side by side, since their lines may be close.
                (1 - 0.18 * (index % ABREAST), one.metrics[metric]),
                (-2, 2),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha="right",
                color=MUTED,
                size=7,
            )
        plot.margins(x=0.18)
        plot.xaxis.set_major_formatter("{x:g}")
        plot.set_xlabel("seconds of fitting, on a logarithmic scale")
        plot.set_ylabel(metric)
    return on_white(drawn[0])

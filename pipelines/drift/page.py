"""The page about drift: one HTML file with all it needs inside, that shows nobody."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.drift import plots
from pipelines.drift.record import Drift
from pipelines.files import atomic_file
from pipelines.health.findings import Checked
from pipelines.health.policy import Drift as Limits

SHOWN = 6
"""Distributions that are drawn, those that moved most; the others are in the table."""


def render(drift: Drift, checked: Checked | None, limits: Limits, *, data: str) -> str:
    """Return the page; the same record gives the same bytes.

    Parameters
    ----------
    drift : Drift
    checked : Checked, optional
        What the checks of the day's data found.
    limits : policy.Drift
    data : str
        What the data is, in a word or two.
    """
    every = sorted((*drift.features, *drift.watched), key=lambda one: -one.psi)
    metrics = list(drift.trend[-1].metrics) if drift.trend else []
    environment = Environment(
        loader=PackageLoader("pipelines.drift", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda one: "" if one is None else f"{one:.4f}"
    return environment.get_template("drift.html.j2").render(
        data=data,
        drift=drift,
        limits=limits,
        checked=checked,
        features=plots.largest(drift.features, limits.psi) if drift.features else "",
        watched=plots.largest(drift.watched, limits.psi) if drift.watched else "",
        bins=[{"name": one.name, "plot": plots.bins(one)} for one in every[:SHOWN]],
        every=every,
        moved=plots.moved(drift.vectors, limits.vectors) if drift.vectors else "",
        trends=[{"name": name, "plot": plots.trend(drift.trend, name)} for name in metrics],
    )


def write(path: Path, drift: Drift, checked: Checked | None, limits: Limits, *, data: str) -> None:
    """Write ``render``'s HTML, whole or not at all."""
    with atomic_file(path) as beside:
        beside.write_text(render(drift, checked, limits, data=data), encoding="utf-8")

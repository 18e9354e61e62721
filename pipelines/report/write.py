"""Rendering the report's template and writing it whole."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.files import atomic_file
from pipelines.report import sections
from pipelines.report.examples import examples
from pipelines.report.judged import Judged
from recsys.errors import InputError
from recsys.metrics import Interval
from recsys.split import Split
from recsys.titles import Titles


def render(
    judged: Sequence[Judged],
    split: Split,
    titles: Titles,
    *,
    data: str,
    champion: str = "",
    histories: bool = True,
    drift: str = "",
) -> str:
    """Return the report as HTML that needs no other file; the same input gives the same bytes.

    Parameters
    ----------
    judged : sequence of Judged
        The model that the report is about, then those it is compared with, on the same split.
    split : Split
    titles : Titles
    data : str
        What the data is, in a word or two.
    champion : str
        Which of the models serves, if one does.
    histories : bool
        Whether to show what a few viewers watched.
    drift : str
        Where the page about health and drift lies, as a link; "" if there is none.

    Raises
    ------
    InputError
        If there is no model.
    """
    if not judged:
        raise InputError(expected="at least one judged model", got="none", where="report")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            champion=champion,
            drift=drift,
            judged=judged,
            moment=str(split.moment).replace("T", " "),
            facts=sections.facts(split, titles),
            legend=sections.legend(judged),
            headlines=sections.headlines(judged),
            metrics=sections.metric_table(judged),
            comparison=sections.comparison(judged),
            slices=sections.slices(judged),
            beyond=sections.beyond_plots(judged, split, titles),
            examples=examples(judged[0].evaluation, split, titles) if histories else [],
        )
    )


def write(
    path: Path,
    judged: Sequence[Judged],
    split: Split,
    titles: Titles,
    *,
    data: str,
    champion: str = "",
    shared: Path | None = None,
    drift: Path | None = None,
) -> Path:
    """Write ``render``'s HTML to a path, whole or not at all; return the path.

    The same without histories goes to ``shared``, for who may see figures but nobody's viewing.
    Both link to the page about health and drift, if there is to be one.
    """
    for target, histories in ((path, True), (shared, False)):
        if target is not None:
            link = "" if drift is None else Path(os.path.relpath(drift, target.parent)).as_posix()
            html = render(
                judged,
                split,
                titles,
                data=data,
                champion=champion,
                histories=histories,
                drift=link,
            )
            with atomic_file(target) as beside:
                beside.write_text(html, encoding="utf-8")
    return path


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipelines.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["interval"] = _interval
    return environment


def _interval(one: Interval) -> str:
    return "nobody" if math.isnan(one.mean) else f"{one.low:.3f} to {one.high:.3f}"

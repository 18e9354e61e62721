"""From evaluations to what the template shows: numbers in words, and plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.report import plots
from pipelines.report.judged import Judged
from pipelines.report.style import colour
from recsys.ids import UNKNOWN
from recsys.metrics import Interval, beyond, paired
from recsys.metrics.genres import genre_matrix, genre_names
from recsys.split import Split
from recsys.titles import Titles

HEADLINES = ("ndcg@10", "recall@20", "hr@10", "coverage@10")
COMPARED = "ndcg@10"
SLICES_SHOWN = "ndcg@10"


def headlines(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return the model's own main figures."""
    means = judged[0].evaluation.means
    return [{"name": name, "interval": means[name]} for name in HEADLINES if name in means]


def metric_table(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return a row a metric: each model's interval, and whose mean is the best."""
    rows = []
    # All of one length of list together, in the order in which they were measured.
    for name in sorted(judged[0].evaluation.means, key=lambda name: int(name.split("@")[1])):
        values = [one.evaluation.means[name] for one in judged]
        best = max((v.mean for v in values if not np.isnan(v.mean)), default=None)
        cells = [{"interval": v, "best": len(judged) > 1 and v.mean == best} for v in values]
        rows.append({"name": name, "cells": cells})
    return rows


def comparison(judged: Sequence[Judged]) -> dict[str, Any] | None:
    """Return the first model's paired difference to each other one; ``None`` if it is alone."""
    if len(judged) < 2:
        return None
    ours = judged[0].evaluation.values[COMPARED]
    found = {one.name: paired(ours, one.evaluation.values[COMPARED]) for one in judged[1:]}
    label = f"{COMPARED} of {judged[0].name} less that of the other"
    rows = [{"name": n, "interval": i, "verdict": _verdict(i)} for n, i in found.items()]
    return {"metric": COMPARED, "rows": rows, "plot": plots.intervals(found, label, zero=True)}


def slices(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return a plot and a table for each dimension."""
    by_model = {one.name: one.evaluation.slices for one in judged}
    dimensions = dict.fromkeys(one.dimension for one in judged[0].evaluation.slices)
    return [
        {
            "dimension": dimension,
            "plot": plots.slices(by_model, dimension, SLICES_SHOWN),
            "rows": [one for one in judged[0].evaluation.slices if one.dimension == dimension],
        }
        for dimension in dimensions
    ]


def beyond_plots(judged: Sequence[Judged], split: Split, titles: Titles) -> list[dict[str, str]]:
    """Return the plots of what lists are besides right."""
    listed = {one.name: one.evaluation.recommended[:, :10] for one in judged}
    shown = {name: beyond.exposures(ids, len(titles)) for name, ids in listed.items()}
    found = [{"title": "How the places are shared out", "plot": plots.concentration(shown)}]
    fits = _values(judged, "calibration@10")
    if fits:
        mixed = _mixes(listed, split, titles)
        found += [
            {
                "title": "How well lists fit each history",
                "plot": plots.histogram(fits, "calibration@10"),
            },
            {
                "title": "Genres watched and recommended",
                "plot": plots.mixes(mixed, genre_names(titles)),
            },
        ]
    surprise = _values(judged, "novelty@10")
    return [
        *found,
        {"title": "How novel lists are", "plot": plots.histogram(surprise, "novelty@10")},
    ]


def legend(judged: Sequence[Judged]) -> list[dict[str, str]]:
    """Return each model's colour."""
    return [{"name": one.name, "colour": colour(i)} for i, one in enumerate(judged)]


def facts(split: Split, titles: Titles) -> dict[str, int]:
    """Return the sizes of both sides of the split."""
    return {
        "train": len(split.train),
        "learned_from": int(np.count_nonzero(split.train.histories.lengths)),
        "titles": len(titles),
        "viewers": len(split.viewers),
        "new": int(np.count_nonzero(split.histories.lengths == 0)),
        "held_out": len(split.held_out.titles),
        "median": int(np.median(split.held_out.lengths)),
    }


def _values(judged: Sequence[Judged], name: str) -> Mapping[str, NDArray[np.float64]]:
    return {
        one.name: one.evaluation.values[name] for one in judged if name in one.evaluation.values
    }


def _mixes(
    listed: Mapping[str, NDArray[np.int32]], split: Split, titles: Titles
) -> dict[str, NDArray[np.float64]]:
    genres = genre_matrix(titles)
    each = genres / np.maximum(genres.sum(axis=1, keepdims=True), 1)
    watched = {"watched": split.histories.known().titles}
    places = {name: ids[ids != UNKNOWN] for name, ids in listed.items()}
    return {name: _shares(each[ids].sum(axis=0)) for name, ids in (watched | places).items()}


def _shares(mass: NDArray[np.float32]) -> NDArray[np.float64]:
    return mass.astype(np.float64) / max(float(mass.sum()), 1e-12)


def _verdict(difference: Interval) -> str:
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "no difference shown"

"""Measures the drift between what the champion learned from and what is there now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.build import Built
from pipelines.decision import Decision
from pipelines.drift import sample, shifts
from pipelines.drift.record import Drift, Share
from pipelines.drift.sample import Stretch
from pipelines.drift.shifts import Shift
from pipelines.drift.trend import trend
from pipelines.drift.vectors import Vectors, moved
from pipelines.health.policy import Drift as Limits
from pipelines.made import Made
from pipelines.recipe import Recipe
from pipelines.registry import Registry
from pipelines.tables import NIGHT_AGAIN, read_table
from recsys.bundle import Bundle
from recsys.errors import RecsysError
from recsys.interactions import Interactions
from recsys.ranking.hybrid import Hybrid
from recsys.schema import DEVICE_TYPES
from recsys.titles import Titles

Columns = Mapping[str, NDArray[Any]]


def measure(
    decision: Path, built: Built, registry: Registry, challenger: Vectors, limits: Limits
) -> Drift:
    """Compare what is there with what the champion learned from.

    Parameters
    ----------
    decision : Path
        Of tonight; the earlier ones lie beside it.
    built : Built
    registry : Registry
        Which holds the champion that the decision was made against.
    challenger : Vectors
        Of tonight's challenger.
    limits : policy.Drift
    """
    made = Decision.model_validate_json(decision.read_bytes())
    champion = None if made.champion is None else made.champion.bundle
    base = Drift(
        decision=decision.name, champion=champion, trend=tuple(trend(decision.parent, made))
    )
    if champion is None:
        return base.model_copy(update={"not_compared": "there is no champion yet"}).judged(limits)
    try:
        base = _compared(base, built, registry.find(champion), challenger)
    except RecsysError as error:
        base = base.model_copy(update={"not_compared": f"the champion cannot be read: {error}"})
    return base.judged(limits)


def _compared(base: Drift, built: Built, champion: Bundle, challenger: Vectors) -> Drift:
    made, model = Made.read(champion), Recipe.of(champion).load(champion)
    titles = Titles.from_table(read_table(champion.path / "catalog.parquet", hint=NIGHT_AGAIN))
    own = Interactions.from_table(built.interactions, titles.ids)
    every = Interactions.from_table(built.interactions, Titles.from_table(built.catalog).ids)
    then, now, before = stretches = Stretch.three(every, made.learned_until, built.until)
    if min(len(then.viewers), len(now.viewers)) < sample.LEAST or not isinstance(model, Hybrid):
        told = f"fewer than {sample.LEAST} viewers to compare"
        return base.model_copy(update={"not_compared": told})
    known = 2 if len(before.viewers) < sample.LEAST else 3
    theirs = Stretch.three(own, made.learned_until, built.until)[:known]
    features = _shifts([sample.columns(model, one, titles) for one in theirs])
    watched = _shifts([_watched(one, built.catalog) for one in stretches[:known]])
    shares = {
        name: Share(then=round(getattr(then, name), 6), now=round(getattr(now, name), 6))
        for name in ("cold_titles", "new_viewers")
    }
    return base.model_copy(
        update={
            "learned_until": made.learned_until,
            "until": built.until,
            "days": float((now.until - now.since) / np.timedelta64(1, "D")),
            "features": tuple(features),
            "watched": tuple(watched),
            "vectors": tuple(moved(Vectors.of(model), challenger, model.watchers_)),
            "shares": shares,
        }
    )


def _watched(stretch: Stretch, catalog: pa.Table) -> Columns:
    """Return what is watched, where, on what and how much of it, an entry each."""
    table = Titles.from_table(catalog).table
    # The last stands for a title that the catalog has not, whose number is -1.
    genres = np.array(
        [*((some or [None])[0] for some in table["genres"].to_pylist()), None], object
    )
    kinds = np.array([*table["title_type"].to_pylist(), None], object)
    histories, inside = stretch.interactions.histories, stretch.entries
    titles = histories.titles[inside]
    regions = histories.regions[histories.viewers[inside]]
    held = np.full(len(titles), -1) if histories.devices is None else histories.devices[inside]
    return {
        "region": np.array([region or None for region in regions.tolist()], object),
        "device": np.array([*DEVICE_TYPES, None], object)[held],
        "title type": kinds[titles],
        "first genre": genres[titles],
        "watched portion": histories.watched_portion[inside],
    }


def _shifts(sides: list[Columns]) -> list[Shift]:
    """Compare columns then and now, beside those before and then if there are three."""
    then, now, *before = sides
    return [
        _shift(name, then[name], now[name]).beside(_shift(name, before[0][name], then[name]))
        if before
        else _shift(name, then[name], now[name])
        for name in then
    ]


def _shift(name: str, then: NDArray[Any], now: NDArray[Any]) -> Shift:
    words = then.dtype == object
    return (shifts.categorical if words else shifts.numeric)(name, then, now)

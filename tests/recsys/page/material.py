"""A catalog of forty titles and the material of a page from it, all of which a test can say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from recsys.context import Context
from recsys.interactions import Histories
from recsys.page.facts import Facts
from recsys.page.material import Material, appeals
from recsys.page.own import NOTHING, Own
from recsys.page.policy import Policy
from recsys.page.ranked import Ranked
from recsys.schema import TITLES
from recsys.titles import Titles

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
N_TITLES = 40
POLICY = Policy.read(Path(__file__).parents[3] / "models" / "rows.toml")


def title(number: int, **fields: object) -> dict[str, object]:
    """Every fourth title is a comedy, the next drama, crime, western; title 0 came last."""
    usual = {
        "title_id": f"t{number:02d}",
        "title_type": "movie",
        "name": f"Title {number}",
        "genres": [("Comedy", "Drama", "Crime", "Western")[number % 4]],
        "release_year": 2020 - number,
        "duration_seconds": 6000.0,
        "maturity_rating": "all" if number < 8 else "16",
        "crew": [{"name": f"Director {number % 5}", "role": "director"}],
    }
    return usual | fields


def titles(**changed: Mapping[str, object]) -> Titles:
    """The catalog, with some titles changed: ``t07={"genres": []}``."""
    rows = [title(n, **changed.get(f"t{n:02d}", {})) for n in range(N_TITLES)]
    return Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES))


FACTS = Facts.of(titles())


def ranked(ids: Sequence[int], source: str = "als") -> Ranked:
    return Ranked.of(np.array(ids, np.int32), -np.arange(len(ids), dtype=np.float32), source)


def days_ago(days: float) -> np.datetime64:
    return np.datetime64((NOW - timedelta(days=days)).replace(tzinfo=None), "us")


def material(
    *,
    watched: Sequence[int] = (),
    weights: Sequence[float] | None = None,
    picks: Sequence[int] = (),
    crowd: Sequence[int] = (),
    alike: Mapping[int, Sequence[int]] | None = None,
    own: Own = NOTHING,
    facts: Facts = FACTS,
    hidden: Sequence[int] = (),
    shown: Mapping[int, float] | None = None,
    **context: Any,
) -> Material:
    """What a page is made from: everything may be shown but what is hidden."""
    history = Histories.of([watched], N_TITLES)
    if weights is not None:
        history = replace(history, weights=np.array(weights, np.float32))
    allowed = np.ones(N_TITLES, bool)
    allowed[list(hidden)] = False
    fresh = allowed.copy()
    fresh[list(watched)] = False
    picked, many = ranked(picks), ranked(crowd, "popularity")
    return Material(
        facts=facts,
        context=Context(**{"now": NOW, "region": "NO"} | context),
        history=history,
        own=own,
        picks=picked,
        crowd=many,
        alike={seed: ranked(ids, "similar") for seed, ids in (alike or {}).items()},
        personal=bool(picks),
        allowed=allowed,
        fresh=fresh,
        appeal=appeals(N_TITLES, picked, many, POLICY.page.appeal),
        popularity=np.linspace(1, 0, N_TITLES, dtype=np.float32),
        shown=None
        if shown is None
        else np.array([shown.get(n, 0) for n in range(N_TITLES)], np.float32),
    )


def policy(kinds: Sequence[Mapping[str, object]], **changes: Any) -> Policy:
    """A policy of some rows: short ones, without dials, unless it is said otherwise."""
    rules = {
        name: changes.pop(name)
        for name in ("boosts", "promotions", "caps", "fatigue")
        if name in changes
    }
    page = POLICY.page.model_dump() | {"calibration": 0.0, "diversity": 0.0, "shortest": 2}
    return Policy.model_validate({"page": page | {"titles": 4} | changes, "rows": kinds, **rules})

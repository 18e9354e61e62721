"""The benchmark of pages: a model fitted on what was before a moment, pages made at that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from pipelines.benchmark.data import Data
from pipelines.benchmark.events import Events
from pipelines.benchmark.pages.askers import askers
from pipelines.benchmark.pages.judged import (
    COMPOSED,
    HALF_LIFE,
    PLAIN,
    TURNED,
    UNCALIBRATED,
    Judged,
    judge,
)
from pipelines.benchmark.pages.newcomers import Curve, newcomers
from pipelines.benchmark.pages.places import looked_at
from pipelines.recipe import Recipe
from pipelines.resuming import Learned, learn
from recsys.errors import ConfigError
from recsys.page.examination import Examination
from recsys.page.facts import Facts
from recsys.page.microgenres import MicroGenres
from recsys.page.policy import Policy
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.near import Near
from recsys.ranking.recommender import Recommender
from recsys.ranking.rights import Rights, utc


@dataclass(frozen=True, slots=True)
class Found:
    """What the benchmark found.

    Attributes
    ----------
    data : Data
    model : str
    ways : dict of str to Judged
        By what was done to make the pages.
    declared : Examination
        Where viewers look, as the policy has it.
    fitted : Examination, optional
        The same, fitted to the impressions of before the moment, if the data has them.
    curve : Curve, optional
        What pages are worth to newcomers, if any watched enough.
    learned : Learned
        Of going on with what was begun, from the sittings of before the moment.
    """

    data: Data
    model: str
    ways: dict[str, Judged]
    declared: Examination
    fitted: Examination | None
    curve: Curve | None
    learned: Learned

    def as_json(self) -> dict[str, Any]:
        """Return what every benchmark writes."""
        rows = []
        for name, judged in self.ways.items():
            means = judged.means()
            rows.append(
                {
                    "model": name,
                    "metrics": {metric: one.mean for metric, one in means.items()},
                    "intervals": {metric: [one.low, one.high] for metric, one in means.items()},
                    "ndcg_minus_plain": _listed(judged, self.ways[PLAIN]),
                }
            )
        return {
            "benchmark": "pages",
            "data": self.data.name,
            "test_sha256": self.data.test_sha256,
            **self.data.facts,
            "hybrid": self.model,
            "examination": {
                "declared": self.declared.model_dump(),
                "fitted": None if self.fitted is None else self.fitted.model_dump(),
            },
            "sittings": self.learned.as_json(),
            "viewers": len(self.ways[PLAIN].ndcg),
            "rows": rows,
            "newcomers": [] if self.curve is None else self.curve.as_json(),
        }

    def tables(self) -> list[Table]:
        """Return the three ways beside each other, and each dial turned."""
        ways = self._table("pages", [PLAIN, UNCALIBRATED, HALF_LIFE, COMPOSED])
        dials = [self._table(dial, [f"{dial} {v}" for v in TURNED[dial]]) for dial in TURNED]
        places = [] if self.fitted is None else [self._places()]
        return [
            ways,
            *dials,
            *places,
            *([] if self.curve is None else [self.curve.table(self.data.name)]),
        ]

    def _places(self) -> Table:
        table = Table(title="where viewers look", title_justify="left", box=box.SIMPLE)
        for column in ("", "each row further down", "each place further right"):
            table.add_column(column, justify="left" if not column else "right")
        for name, looks in (("declared", self.declared), ("in the impressions", self.fitted)):
            if looks is not None:
                table.add_row(name, f"{looks.row:.3f}", f"{looks.column:.3f}")
        return table

    def _table(self, title: str, names: list[str]) -> Table:
        table = Table(title=f"{title}, {self.data.name}", title_justify="left", box=box.SIMPLE)
        for column in ("", "page NDCG", "minus plain", "miscalibration"):
            table.add_column(column, justify="left" if not column else "right")
        for name in names:
            means, less = self.ways[name].means(), self.ways[name].minus(self.ways[PLAIN])
            difference = f"{less.mean:+.4f} [{less.low:+.4f}, {less.high:+.4f}]"
            table.add_row(name, str(means["page_ndcg"]), difference, str(means["miscalibration"]))
        return table


def run(
    load: Callable[[], Data],
    path: Path,
    recipe: Recipe,
    policy: Policy,
    *,
    most: int,
    advance: Callable[[int, int], None],
) -> Found:
    """Fit a hybrid, and make and judge the pages of viewers.

    Parameters
    ----------
    load : callable
        Reads the data and cuts it at a moment.
    path : Path
        Where it lies.
    recipe : Recipe
        Of a hybrid.
    policy : Policy
    most : int
        Viewers that are asked at most.
    advance : callable
        Told how many viewers of how many are done.

    Raises
    ------
    ConfigError
        If the model is no hybrid.
    """
    data = load()
    model = recipe.fit(data.split.train, data.titles)
    if not isinstance(model, Hybrid):
        raise ConfigError(
            expected="a hybrid", got=recipe.declaration.algorithm, where=recipe.declaration.name
        )
    events = Events.read(path)
    recommender = Recommender(
        model, data.titles, events.catalog, Rights.of(data.titles), "", Near(model)
    )
    moment = utc(data.split.moment)
    learned = learn(events.table, events.catalog, data.titles.ids, moment)
    facts = Facts.of(data.titles, MicroGenres.of(data.titles), learned.model)
    viewers, new = askers(events, moment, most), newcomers(events, moment, most)
    total = len(viewers) + len(new)
    done = iter(range(1, total + 1))
    one_more = lambda: advance(next(done), total)  # noqa: E731
    return Found(
        data,
        recipe.declaration.name,
        judge(recommender, facts, policy, viewers, one_more),
        policy.page.examination,
        looked_at(path, moment),
        Curve.of(recommender, facts, policy, new, one_more),
        learned,
    )


def _listed(judged: Judged, plain: Judged) -> list[float]:
    less = judged.minus(plain)
    return [less.mean, less.low, less.high]

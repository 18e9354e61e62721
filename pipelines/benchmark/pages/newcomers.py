"""Viewers as if they were new: what their page is worth after none, one, and up to five plays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.table import Table

from features.progress import Episodes
from pipelines.benchmark.events import Events
from pipelines.benchmark.pages.askers import (
    WATCHED,
    Asker,
    asker,
    by_viewer,
    drawn,
    since,
    whole_id,
)
from pipelines.report.style import axes, colour, on_white
from recsys.metrics.interval import Interval, mean_interval, paired
from recsys.page.assemble import assemble
from recsys.page.facts import Facts
from recsys.page.home import gather
from recsys.page.judging import ids_of, page_ndcg
from recsys.page.policy import Policy
from recsys.ranking.recommender import Recommender

PLAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """What pages are worth to newcomers.

    Attributes
    ----------
    ndcg : float64 (n_viewers, PLAYS + 1)
        Of the page after so many plays; what is to be found is the same for all of them.
    """

    ndcg: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        recommender: Recommender,
        facts: Facts,
        policy: Policy,
        newcomers: Sequence[Sequence[Asker]],
        advance: Callable[[], None],
    ) -> Self | None:
        """Compose and judge the pages; ``None`` if nobody is asked."""
        found = []
        for visits in newcomers:
            found.append([_worth(recommender, facts, policy, one) for one in visits])
            advance()
        return cls(np.array(found)) if found else None

    def as_json(self) -> list[dict[str, Any]]:
        """Return a row for each number of plays."""
        return [
            {"plays": plays, "page_ndcg": one.mean, "interval": [one.low, one.high]}
            for plays, one in enumerate(self._means())
        ]

    def table(self, name: str) -> Table:
        """Return the curve in words."""
        title = f"{len(self.ndcg)} newcomers, {name}"
        table = Table(title=title, title_justify="left", box=box.SIMPLE)
        for column in ("plays", "page NDCG", "more than before any"):
            table.add_column(column, justify="right")
        for plays, mean in enumerate(self._means()):
            more = paired(self.ndcg[:, plays], self.ndcg[:, 0])
            gained = f"{more.mean:+.4f} [{more.low:+.4f}, {more.high:+.4f}]"
            table.add_row(str(plays), str(mean), gained)
        return table

    def drawn(self) -> str:
        """Draw it with its intervals, as an SVG file on white."""
        means, plays = self._means(), np.arange(PLAYS + 1)
        with axes(6.0, 3.2) as (plot, done):
            low, high = [one.low for one in means], [one.high for one in means]
            plot.fill_between(plays, low, high, color=colour(0), alpha=0.15, lw=0)
            plot.plot(plays, [one.mean for one in means], "o-", color=colour(0))
            plot.set_ylim(bottom=0)
            plot.set_xlabel("titles watched so far")
            plot.set_ylabel("page NDCG")
        return on_white(done[0])

    def _means(self) -> list[Interval]:
        return [mean_interval(column) for column in self.ndcg.T]


def newcomers(events: Events, moment: datetime, most: int, seed: int = 0) -> list[list[Asker]]:
    """Return viewers who watched more than ``PLAYS`` titles from a moment on, each before and after each of the first.

    Nothing that they did before the moment is known of them. What is to be found is what they watched after the first
    ``PLAYS`` titles.

    Parameters
    ----------
    events : Events
    moment : datetime
    most : int
        Viewers at most, drawn by the seed.
    seed : int
    """
    after = since(events, moment)
    episodes, rows = Episodes.of(events.catalog), by_viewer(after, drawn(after, most, seed))
    found = (_visits(events, episodes, moment, rows[one]) for one in sorted(rows))
    return [one for one in found if one]


def _visits(
    events: Events, episodes: Episodes, moment: datetime, rows: list[dict[str, Any]]
) -> list[Asker]:
    known = set(events.titles.ids.values)
    watching = [
        row for row in rows if row["event_type"] in WATCHED and whole_id(row, episodes) in known
    ]
    first: dict[str, datetime] = {}
    for row in watching:
        first.setdefault(whole_id(row, episodes), row["occurred_at"])
    if len(first) <= PLAYS:
        return []
    later = set(list(first)[PLAYS:])
    future = [row for row in watching if whole_id(row, episodes) in later]
    moments = [moment, *list(first.values())[1 : PLAYS + 1]]
    visits = []
    for plays, now in enumerate(moments):
        early = set(list(first)[:plays])
        past = [
            row for row in rows if row["occurred_at"] < now and whole_id(row, episodes) in early
        ]
        visits.append(asker(events, episodes, now, past, future))
    return visits


def _worth(recommender: Recommender, facts: Facts, policy: Policy, one: Asker) -> float:
    material, _ = gather(recommender, facts, policy, one.visit)
    rows = ids_of(
        assemble([row for kind in policy.rows for row in kind.rows(material)], material, policy)
    )
    shape = policy.page.rows, policy.page.titles
    return page_ndcg(rows, one.relevant, policy.page.examination, shape)

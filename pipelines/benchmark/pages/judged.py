"""Pages composed and judged, under the policy as it is declared and with one dial turned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.benchmark.pages.askers import Asker
from recsys.ids import InternalIds
from recsys.metrics.interval import Interval, mean_interval, paired
from recsys.page.assemble import assemble
from recsys.page.facts import Facts
from recsys.page.home import gather
from recsys.page.judging import ids_of, in_rows, page_miscalibration, page_ndcg
from recsys.page.material import Material
from recsys.page.policy import Policy
from recsys.ranking.recommender import Recommender

PLAIN, COMPOSED, UNCALIBRATED = "plain top-N", "composed", "composed, calibration 0"
HALF_LIFE = "composed, going on by half-life"
"""Without the model of going on with what was begun."""
TURNED = {
    "calibration": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9),
    "diversity": (0.0, 0.1, 0.2, 0.3, 0.5, 0.7),
}
"""What each dial is turned to, all else being as it is declared."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One way to make pages.

    Attributes
    ----------
    ndcg, miscalibration : float64 (n_viewers,)
        NaN where nothing is known of the genres of a history.
    """

    ndcg: NDArray[np.float64]
    miscalibration: NDArray[np.float64]

    def means(self) -> dict[str, Interval]:
        """Return the means over viewers."""
        return {
            "page_ndcg": mean_interval(self.ndcg),
            "miscalibration": mean_interval(self.miscalibration),
        }

    def minus(self, other: Judged) -> Interval:
        """Return the paired difference in NDCG."""
        return paired(self.ndcg, other.ndcg)


def policies(policy: Policy) -> dict[str, Policy]:
    """Return the policy as it is, without calibration, and with each dial turned."""
    made = {
        COMPOSED: policy,
        UNCALIBRATED: policy.with_page(calibration=0.0),
        HALF_LIFE: policy,
    }
    for dial, values in TURNED.items():
        made |= {f"{dial} {value}": policy.with_page(**{dial: value}) for value in values}
    return made


def judge(
    recommender: Recommender,
    facts: Facts,
    policy: Policy,
    viewers: Iterable[Asker],
    advance: Callable[[], None],
) -> dict[str, Judged]:
    """Compose the pages of viewers in every way, and judge each; each viewer's material is gathered once."""
    ways = policies(policy)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in (PLAIN, *ways)}
    for viewer in viewers:
        material, _ = gather(recommender, facts, policy, viewer.visit)
        for name, rows in _pages(material, ways).items():
            found[name].append(_values(rows, viewer, material, policy))
        advance()
    return {
        name: Judged(*np.array(values, np.float64).T) for name, values in found.items() if values
    }


def _pages(material: Material, ways: Mapping[str, Policy]) -> dict[str, list[InternalIds]]:
    some = next(iter(ways.values()))
    shape = some.page.rows, some.page.titles
    best = material.picks if len(material.history.titles) else material.crowd
    pages = {PLAIN: in_rows(best.ids, shape)}
    proposed = [row for kind in some.rows for row in kind.rows(material)]
    plain = replace(material, facts=replace(material.facts, resuming=None))
    by_half_life = [row for kind in some.rows for row in kind.rows(plain)]
    for name, policy in ways.items():
        rows = by_half_life if name == HALF_LIFE else proposed
        pages[name] = ids_of(assemble(rows, material, policy))
    return pages


def _values(
    rows: list[InternalIds], viewer: Asker, material: Material, policy: Policy
) -> tuple[float, float]:
    layout, genres, history = policy.page, material.facts.genres, material.history
    shape = layout.rows, layout.titles
    gained = page_ndcg(rows, viewer.relevant, layout.examination, shape)
    if genres.mass(history.titles, history.weights).sum() <= 0:
        return gained, float("nan")
    off = page_miscalibration(rows, history.titles, history.weights, genres, layout.examination)
    return gained, off

"""A data set, what the privacy gate makes of it, and what an attacker learns from either."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.benchmark.events import Events
from recsys.interactions import Histories, Interactions
from recsys.metrics.interval import Interval
from recsys.privacy.attack.harm import Harm, attacked
from recsys.privacy.attack.knowledge import Knowledge
from recsys.privacy.attack.scoreboard import Weighing
from recsys.privacy.fragments import Cut, fragmented
from recsys.privacy.policy import Policy
from recsys.privacy.pseudonym import Kind, load_key, pseudonyms

SCATTERED: Final = Knowledge(titles=8, wrong=2, days=14)
ROW: Final = Knowledge(titles=8, days=0, which="row")
KNOWLEDGES: Final = (
    SCATTERED,
    Knowledge(titles=8, wrong=2, days=3),
    Knowledge(titles=4, days=14),
    Knowledge(titles=2, days=14),
    Knowledge(titles=8, days=14, which="rare"),
    ROW,
)
"""The goals are about the first and the last."""
FIGURES: Final = ("linkage", "disclosed_titles", "history_disclosed")
WEIGHINGS: Final[tuple[Weighing, ...]] = ("likelihood", "scoreboard")


@dataclass(frozen=True, slots=True)
class Published:
    """What one can get hold of.

    Attributes
    ----------
    name : str
    records : Histories
    owners : int64 (n_records,)
        Rows of the truth.
    floored : int
        Days by which a published date may lie before the true one.
    """

    name: str
    records: Histories
    owners: NDArray[np.int64]
    floored: int = 0


@dataclass(frozen=True, slots=True)
class Attacked:
    """What an attack on one publication did, by what is known beforehand and by the way of weighing."""

    published: Published
    harms: tuple[Harm, ...]

    def worst(self, knowledge: Knowledge, figure: str) -> Interval:
        """Return one figure of the way of weighing by which it is highest, if so much is known."""
        found: list[Interval] = [
            getattr(one, figure) for one in self.harms if one.knowledge == knowledge
        ]
        return max(found, key=lambda one: one.mean)

    def as_json(self) -> dict[str, Any]:
        """Return it for a program; the figures of the goals first."""
        return {
            "row": self.published.name,
            "records": len(self.published.records),
            "linkage": self.worst(SCATTERED, "linkage").mean,
            "disclosed_titles": self.worst(ROW, "disclosed_titles").mean,
            "history_disclosed": self.worst(ROW, "history_disclosed").mean,
            "attacks": [_harm(one) for one in self.harms],
        }


def truth_of(path: Path) -> Interactions:
    """Read who watched what when, each title of a viewer at its first time.

    Raises
    ------
    InputError
        If nothing known lies at the path.
    """
    whole = Events.read(path).whole()
    return whole.with_histories(whole.histories.by_first())


def raw(truth: Interactions) -> Published:
    """Return the truth itself, as if only the names had been taken off."""
    return Published("raw", truth.histories, np.arange(len(truth.histories)))


def gated(path: Path, truth: Interactions, policy: Policy, store: Path) -> Published:
    """Return what the gate lets into a lake, which is made in a folder of its own.

    Parameters
    ----------
    path : Path
        What the truth was read from.
    truth : Interactions
    policy : Policy
    store : Path
        Empty or not there.
    """
    from pipelines.anonymise import anonymise  # noqa: PLC0415
    from pipelines.build import interactions_until  # noqa: PLC0415
    from pipelines.ingest import ingest  # noqa: PLC0415

    ingest(path, store, anew=True)
    anonymise(store, policy)
    table, _, _ = interactions_until(store, None)
    lake = Interactions.from_table(table, truth.title_ids)
    key = load_key(store / "key" / "pseudonym.key")
    names = pseudonyms(pa.array(truth.viewer_ids.values.tolist()), key, Kind.VIEWER)
    owners = pc.index_in(pa.array(lake.viewer_ids.values.tolist()), names)
    return Published("gated", lake.histories.by_first(), owners.to_numpy().astype(np.int64))


def cut_up(truth: Interactions, cut: Cut) -> Published:
    """Return what a lake of fragments would hold."""
    name = (
        f"fragments of {cut.titles} titles, {cut.days} days, dates by {cut.dates}, k {cut.viewers}"
    )
    return Published(name, *fragmented(truth.histories, cut), cut.floored)


def attack(
    truth: Interactions,
    published: Published,
    *,
    targets: int,
    knowledges: Sequence[Knowledge] = KNOWLEDGES,
    told: Callable[[int], object] = int,
) -> Attacked:
    """Attack one publication with everything an attacker may know, in every way of weighing."""
    harms = [
        attacked(
            truth.histories,
            published.records,
            published.owners,
            knowledge,
            weighing=weighing,
            floored=published.floored,
            targets=targets,
            told=told,
        )
        for knowledge in knowledges
        for weighing in WEIGHINGS
    ]
    return Attacked(published, tuple(harms))


def _harm(harm: Harm) -> dict[str, Any]:
    return {
        "knowledge": str(harm.knowledge),
        "weighing": harm.weighing,
        "targets": harm.targets,
        "claims": harm.claims,
        **{name: _interval(getattr(harm, name)) for name in FIGURES},
    }


def _interval(one: Interval) -> dict[str, float]:
    return {"mean": one.mean, "low": one.low, "high": one.high}

"""What hyperparameters are chosen by: slices of the data that no report and no gate judges by.

The test part is what a champion must win and what a benchmark reports. Whatever was chosen by it could no longer be
judged by it, so it is cut off before anything else is cut, and of a store not even read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from pipelines import build
from pipelines.benchmark.data import Data, counts, sha256_by_text
from pipelines.decision import METRIC
from pipelines.lake import read_events, read_titles
from pipelines.nightly.places import between_nights
from recsys.errors import ConfigError, InputError
from recsys.interactions import Interactions
from recsys.split import cut_at, global_time
from recsys.titles import Titles

LEAST, MOST = 3, 8
"""Of slices: fewer show nothing of how a gain lasts, and more leave too little to learn from."""


@dataclass(frozen=True, slots=True)
class Validation:
    """Slices in time, or draws of viewers or titles where a protocol knows no time.

    Attributes
    ----------
    name : str
        What the data is, in a word or two; names files.
    metric : str
        Such as ``ndcg@10``.
    slices : tuple of Data
        The oldest first.
    """

    name: str
    metric: str
    slices: tuple[Data, ...]

    @property
    def choosing(self) -> tuple[Data, ...]:
        """Those by which values are chosen."""
        return self.slices[:-1]

    @property
    def proving(self) -> Data:
        """The newest, by which nothing is chosen: what was chosen is compared with the declared on it, once."""
        return self.slices[-1]

    @property
    def k(self) -> int:
        """How many titles are asked for."""
        return int(self.metric.split("@")[1])

    @property
    def digest(self) -> str:
        """A hash of all that models see and are judged by, 16 hex digits."""
        said = " ".join([self.metric, *(one.digest for one in self.slices)])
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def check_count(count: int) -> None:
    """Raise ConfigError if there are too few slices, or too many."""
    if not LEAST <= count <= MOST:
        raise ConfigError(expected=f"{LEAST} to {MOST} slices", got=count, where="--slices")


def of_store(store: Path, count: int) -> Validation:
    """Cut what the lake held before the night's cut; what came after judges challengers, and is not read.

    Raises
    ------
    InputError
        If there is no lake, or too little in it before the cut.
    BusyError
        If a night job is running in this store.
    """
    from features.interactions import build as interactions_of  # noqa: PLC0415  (brings DuckDB)

    check_count(count)
    with between_nights(store):
        if not (store / "built" / "moments.json").is_file():
            build.build(store)
        _, cut = build.moments(store)
        events = read_events(store, columns=list(build.COLUMNS), until=cut)
        catalog = read_titles(store)
    titles = Titles.from_table(catalog)

    def known(moment: datetime) -> Interactions:
        return Interactions.from_table(interactions_of(events, catalog, moment), titles.ids)

    name = store.resolve().name
    return Validation(name, METRIC, in_time(name, known, lambda _: titles, cut, count))


def in_time(
    name: str,
    known: Callable[[datetime], Interactions],
    titles: Callable[[datetime], Titles],
    until: datetime,
    count: int,
) -> tuple[Data, ...]:
    """Cut what was known at a moment into slices that follow each other, each as large as the night's.

    Each is judged by what viewers watched from its cut to the next, by models that learned from what was known
    at its cut.

    Parameters
    ----------
    name : str
    known, titles : callable
        What was known at a moment.
    until : datetime
        UTC; nothing from then on is looked at.
    count : int

    Raises
    ------
    InputError
        If there are too few distinct moments, or viewers, for so many slices.
    """
    whole = known(until)
    shares = (build.HELD_OUT * back for back in range(count, 0, -1))
    cuts = [_moment(cut_at(whole, share)) for share in shares]
    if len(set(cuts)) < count:
        raise InputError(
            expected=f"interactions at more moments, for {count} slices",
            got=f"{len(whole):,} interactions before {until:%Y-%m-%d}",
            where=name,
        )
    pasts = [*(known(cut) for cut in cuts), whole]
    slices = []
    for cut, past, later in zip(cuts, pasts[:-1], pasts[1:], strict=True):
        split = global_time(later, cut, known=past)
        facts = {"cut": f"{split.moment}Z", **counts(split)}
        slices.append(Data(name, split, titles(cut), sha256_by_text(split), facts=facts))
    return tuple(slices)


def _moment(cut: np.datetime64) -> datetime:
    return datetime.fromtimestamp(int(cut.astype("datetime64[s]").astype(np.int64)), UTC)

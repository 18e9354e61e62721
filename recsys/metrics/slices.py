"""For whom and for which titles a model is good: the same metrics on parts of the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from recsys.interactions import Histories
from recsys.split import Split
from recsys.titles import Titles

REGIONS = 8
"""Regions shown by name, the largest; the rest is one slice."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the test.

    Attributes
    ----------
    dimension, name : str
        Such as "history length" and "1-4".
    held_out : Histories
        All viewers, with only the relevant titles of this part; who has none is not counted.
    """

    dimension: str
    name: str
    held_out: Histories

    @property
    def n_viewers(self) -> int:
        """Viewers of whom something relevant is in this part."""
        return int(np.count_nonzero(self.held_out.lengths))


def parts(split: Split, titles: Titles | None = None) -> Iterator[Part]:
    """Yield the parts that have viewers: by history length, region, title popularity, title age."""
    held_out = split.held_out
    length = _binned(split.histories.lengths, (1, 5, 20, 100))
    yield from _each(
        "history length",
        ("none", "1-4", "5-19", "20-99", "100 or more"),
        length[held_out.viewers],
        held_out,
    )
    yield from _by_region(split)
    yield from _by_popularity(split)
    if titles is not None:
        yield from _by_age(split, titles)


def _by_region(split: Split) -> Iterator[Part]:
    names, counts = np.unique(split.histories.regions, return_counts=True)
    if len(names) < 2:
        return
    largest = names[np.argsort(-counts, kind="stable")][:REGIONS]
    place = {name: i for i, name in enumerate(largest.tolist())}
    index = np.array([place.get(name, REGIONS) for name in names.tolist()])
    bins = index[np.searchsorted(names, split.histories.regions)]
    labels = [name or "unknown" for name in largest.tolist()] + ["others"]
    labels += [""] * (REGIONS + 1 - len(labels))
    yield from _each("region", tuple(labels), bins[split.held_out.viewers], split.held_out)


def _by_popularity(split: Split) -> Iterator[Part]:
    """Cut the catalog at the titles that hold the first half and the first 90 % of what was watched."""
    watched = np.bincount(split.train.histories.known().titles, minlength=split.held_out.n_titles)
    order = np.argsort(-watched, kind="stable")
    before = np.cumsum(watched[order]) - watched[order]
    bins = np.empty(len(watched), np.int64)
    bins[order] = np.searchsorted(np.array([0.5, 0.9]) * watched.sum(), before, side="right")
    bins[watched == 0] = 3
    labels = ("head: half of all watching", "middle: the next 40 %", "tail: the last 10 %", "never")
    yield from _each("watched before the test", labels, bins[split.held_out.titles], split.held_out)


def _by_age(split: Split, titles: Titles) -> Iterator[Part]:
    years = titles.table["release_year"]
    known = pc.is_valid(years).to_numpy(zero_copy_only=False)
    if not known.any():
        return
    now = split.moment.astype("datetime64[Y]").astype(int) + 1970
    age = now - pc.fill_null(years, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    bins = np.where(known, _binned(age, (1, 3, 10, 25)), 5)
    labels = (
        "this year or later",
        "1-2 years",
        "3-9 years",
        "10-24 years",
        "25 or more",
        "unknown",
    )
    yield from _each("title age", labels, bins[split.held_out.titles], split.held_out)


def _binned(values: NDArray[np.int64], edges: tuple[int, ...]) -> NDArray[np.int64]:
    return np.searchsorted(np.array(edges), values, side="right")


def _each(
    dimension: str, labels: tuple[str, ...], bins: NDArray[np.int64], held_out: Histories
) -> Iterator[Part]:
    for index, label in enumerate(labels):
        part = Part(dimension, label, held_out.keep(bins == index))
        if part.n_viewers:
            yield part

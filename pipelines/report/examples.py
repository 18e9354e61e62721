"""A few viewers as they are: what they watched, what the model says, what they watched then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from recsys.evaluate import Evaluation
from recsys.ids import UNKNOWN, InternalIds
from recsys.split import Split
from recsys.titles import Titles

VIEWERS = 6
WATCHED = 8
LISTED = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A title in words, and whether the viewer went on to watch it."""

    name: str
    genres: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """One viewer: the shortened pseudonym, the last titles watched, the list, what came of it."""

    viewer: str
    n_watched: int
    watched: list[Line]
    recommended: list[Line]
    n_held_out: int
    n_hits: int


def examples(evaluation: Evaluation, split: Split, titles: Titles, seed: int = 0) -> list[Example]:
    """Draw viewers at random, not by how well they were served; at most one of them is new."""
    rng = np.random.default_rng(seed)
    lengths = split.histories.lengths
    known = rng.permutation(np.flatnonzero(lengths > 0))
    new = rng.permutation(np.flatnonzero(lengths == 0))[:1]
    drawn = [*known[: VIEWERS - len(new)].tolist(), *new.tolist()]
    return [_example(viewer, evaluation, split, titles) for viewer in drawn]


def _example(viewer: int, evaluation: Evaluation, split: Split, titles: Titles) -> Example:
    history = split.histories.take(np.array([viewer]))
    found = split.held_out.take(np.array([viewer])).titles
    listed = evaluation.recommended[viewer, :LISTED]
    listed = listed[listed != UNKNOWN]
    hits = np.isin(listed, found)
    return Example(
        viewer=str(split.viewers[viewer])[:8],
        n_watched=len(history.titles),
        watched=_lines(history.known().titles[::-1][:WATCHED], titles),
        recommended=_lines(listed, titles, hits),
        n_held_out=len(found),
        n_hits=int(hits.sum()),
    )


def _lines(ids: InternalIds, titles: Titles, hits: np.ndarray | None = None) -> list[Line]:
    rows = titles.table.select(["name", "genres", "release_year"]).take(ids)
    flags = np.zeros(len(ids), bool) if hits is None else hits
    genres = pc.list_slice(rows["genres"], 0, 3).to_pylist()
    return [
        Line(_named(name, year), ", ".join(some or []), bool(hit))
        for name, year, some, hit in zip(
            rows["name"].to_pylist(), rows["release_year"].to_pylist(), genres, flags, strict=True
        )
    ]


def _named(name: str, year: int | None) -> str:
    return name if year is None or f"({year})" in name else f"{name} ({year})"

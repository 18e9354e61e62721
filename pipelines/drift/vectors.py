"""How far titles have moved in the space of a model that learned anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes

from pipelines.decision import Record
from recsys.algorithm import Algorithm
from recsys.ids import UNKNOWN, IdMap
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.parts import with_vectors

VIEWERS: Final = 20
"""Of titles that fewer viewers watched, the vectors are chance."""
LEAST: Final = 30
"""Fewer titles in common show nothing."""
BINS: Final = 20

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vectors:
    """The titles' vectors of each part of a model.

    Attributes
    ----------
    ids : IdMap
    parts : mapping of str to float32 (n_titles, n_factors)
    """

    ids: IdMap
    parts: Mapping[str, Matrix]

    @classmethod
    def of(cls, model: Algorithm) -> Self:
        """Take them from a fitted model; one that is no hybrid has none."""
        parts = with_vectors(model.parts) if isinstance(model, Hybrid) else {}
        return cls(model.title_ids_, {name: part.title_vectors_ for name, part in parts.items()})

    def save(self, folder: Path) -> None:
        """Write them into an empty folder."""
        folder.mkdir()
        (folder / "title_ids.json").write_text(json.dumps(self.ids.values.tolist()) + "\n")
        for name, vectors in self.parts.items():
            np.save(folder / f"{name}.npy", vectors, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        ids = IdMap(json.loads((folder / "title_ids.json").read_text()))
        return cls(
            ids,
            {one.stem: np.load(one, allow_pickle=False) for one in sorted(folder.glob("*.npy"))},
        )


class Moved(Record):
    """How far the titles of a part have moved.

    Attributes
    ----------
    part : str
    n_titles : int
        Those in common that enough viewers watched.
    median, p90 : float
        Of one minus the cosine between a title's two vectors, after the best rotation.
    histogram : tuple of float
        Shares of the titles in equal bins from 0 to 2.
    """

    part: str
    n_titles: int
    median: float
    p90: float
    histogram: tuple[float, ...]


def moved(champion: Vectors, challenger: Vectors, watchers: NDArray[np.int64]) -> list[Moved]:
    """Compare two models, part by part.

    Two fits of one factorisation differ by a rotation that changes no score, so it is taken out first: that
    which brings the unit vectors of all titles in common together best (Schönemann, 1966).

    Parameters
    ----------
    champion, challenger : Vectors
    watchers : int64 (n_titles,)
        Viewers of each of the champion's titles.
    """
    theirs = challenger.ids.internal(champion.ids.values)
    both = np.flatnonzero((theirs != UNKNOWN) & (watchers >= VIEWERS))
    found = []
    for name, old in champion.parts.items():
        new = challenger.parts.get(name)
        if new is None or new.shape[1] != old.shape[1] or len(both) < LEAST:
            continue
        a, b = _unit(old[both]), _unit(new[theirs[both]])
        known = (np.abs(a).sum(axis=1) > 0) & (np.abs(b).sum(axis=1) > 0)
        rotation, _ = orthogonal_procrustes(b[known], a[known])
        away = 1 - np.einsum("ij,ij->i", b[known] @ rotation, a[known])
        found.append(_moved(name, np.clip(away, 0, 2)))
    return found


def _moved(name: str, away: NDArray[np.float64]) -> Moved:
    counts, _ = np.histogram(away, BINS, (0, 2))
    median, p90 = np.quantile(away, [0.5, 0.9])
    return Moved(
        part=name,
        n_titles=len(away),
        median=round(float(median), 4),
        p90=round(float(p90), 4),
        histogram=tuple((counts / max(len(away), 1)).round(6).tolist()),
    )


def _unit(vectors: Matrix) -> NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12)

"""What a hybrid keeps on disk besides its own arrays, and what it can do without when reading it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from recsys.algorithm import Algorithm
from recsys.algorithms import ALGORITHMS
from recsys.errors import BundleError, RecsysError
from recsys.ranking.features import PairFeatures
from recsys.ranking.index import Index
from recsys.ranking.ranker import Ranker
from recsys.vectors import VectorAlgorithm

PARTS, REACHED, RANKER, FEATURES = "parts.json", "reached.json", "ranker.txt", "features"


def save_parts(
    directory: Path, parts: Mapping[str, Algorithm], reached: Mapping[str, float]
) -> None:
    """Write each part into a folder of its own, and which algorithm each is."""
    kinds = {name: part.name for name, part in parts.items()}
    (directory / PARTS).write_text(json.dumps(kinds, indent=1) + "\n")
    (directory / REACHED).write_text(json.dumps(reached, indent=1) + "\n")
    for name, part in parts.items():
        part.save(directory / "parts" / name)


def load_parts(directory: Path) -> tuple[dict[str, Algorithm], dict[str, float]]:
    """Read what ``save_parts`` wrote.

    Raises
    ------
    BundleError
        If a part is missing: nothing can be answered without them.
    """
    try:
        kinds = json.loads((directory / PARTS).read_text())
        reached = json.loads((directory / REACHED).read_text())
        parts = {n: ALGORITHMS[k].load(directory / "parts" / n) for n, k in kinds.items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise BundleError(expected="a hybrid and its parts", got=error, where=directory) from None
    return parts, reached


def save_indexes(directory: Path, indexes: Mapping[str, Index]) -> None:
    """Write the index of each part that has vectors."""
    for name, index in indexes.items():
        index.save(index_path(directory, name))


def load_indexes(
    directory: Path, parts: Mapping[str, VectorAlgorithm]
) -> tuple[dict[str, Index], tuple[str, ...]]:
    """Read the indexes; without all of them the parts multiply, and "index" is missing."""
    try:
        return {
            name: Index.load(index_path(directory, name), part.title_vectors_)
            for name, part in parts.items()
        }, ()
    except RecsysError:
        return {}, ("index",)


def index_path(directory: Path, name: str) -> Path:
    """Return where a part's index lies."""
    return directory / f"{name}.faiss"


def load_ranker(
    directory: Path, columns: list[str], features: type[PairFeatures] | None
) -> tuple[Ranker | None, PairFeatures | None, tuple[str, ...]]:
    """Read the ranker and its features; without either the votes order, and "ranker" is missing."""
    try:
        ranker = Ranker.load(directory / RANKER)
        ranker.check(columns)
        return ranker, None if features is None else features.load(directory / FEATURES), ()
    except (RecsysError, OSError, ValueError):
        return None, None, ("ranker",)

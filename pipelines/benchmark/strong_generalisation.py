"""Viewers of whom nothing was learned: from one part of their histories the other is to be found."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pipelines.benchmark.data import Data, Part, counts, sha256_by_number
from pipelines.benchmark.sequences import read_ordered
from recsys.split import strong_generalisation


def load(
    path: Path,
    *,
    share: float = 0.2,
    fold_in: Literal["time", "random"] = "time",
    seed: int = 0,
    part: Part = "test",
    metadata: Path | None = None,
) -> Data:
    """Read histories in order and hold out viewers.

    Parameters
    ----------
    path, metadata
        See ``read_ordered``.
    share : float
        Of the viewers, in (0, 1), that are held out.
    fold_in : "time" or "random"
        Which 80 % of a history is given: the earliest, or random ones as in Liang et al. (WWW 2018).
    seed : int
        By which viewers are drawn.
    part : "test" or "validation"
        For validation others are held out in the same way, drawn from those who are learned from.
    """
    whole, titles = read_ordered(path, metadata)
    split = strong_generalisation(whole, share=share, order=fold_in, seed=seed)
    if part == "validation":
        split = strong_generalisation(split.train, share=share, order=fold_in, seed=seed + 1)
    facts = {"part": part, "share": share, "fold_in": fold_in, "seed": seed}
    return Data(
        name=path.resolve().name,
        split=split,
        titles=titles,
        test_sha256=sha256_by_number(split),
        facts={**facts, **counts(split)},
    )

"""An evaluation on disk, as far as a later step needs it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pipelines.drift.vectors import Vectors
from pipelines.files import atomic_directory, remove_leftovers
from recsys.evaluate import Evaluation
from recsys.metrics.interval import Interval

VECTORS = "vectors"
"""Where the vectors of the judged model's titles lie."""

CHILDREN = "children.json"
"""What it would show to children that is not for them, a count."""


def save(evaluation: Evaluation, folder: Path, vectors: Vectors, too_mature: int) -> None:
    """Write recommendations, values, means and vectors; the time it took is not kept, so bytes repeat."""
    remove_leftovers(folder)
    with atomic_directory(folder) as beside:
        np.save(beside / "recommended.npy", evaluation.recommended, allow_pickle=False)
        for name, values in evaluation.values.items():
            np.save(beside / f"{name}.npy", values, allow_pickle=False)
        means = {name: asdict(one) for name, one in evaluation.means.items()}
        (beside / "means.json").write_text(json.dumps(means, indent=1, sort_keys=True) + "\n")
        vectors.save(beside / VECTORS)
        (beside / CHILDREN).write_text(json.dumps({"too_mature": too_mature}) + "\n")


def load(folder: Path) -> Evaluation:
    """Read what ``save`` wrote; slices and times are left out."""
    arrays = {path.stem: np.load(path, allow_pickle=False) for path in folder.glob("*.npy")}
    means = json.loads((folder / "means.json").read_text())
    return Evaluation(
        recommended=arrays.pop("recommended"),
        values=arrays,
        means={name: Interval(**one) for name, one in means.items()},
        slices=(),
        score_seconds=0.0,
    )


def load_too_mature(folder: Path) -> int:
    """Read how many titles above their limit children would get."""
    return int(json.loads((folder / CHILDREN).read_text())["too_mature"])

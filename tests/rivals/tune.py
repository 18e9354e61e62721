"""Choose a rival's settings on a validation part, in the environment of its library.

``python -m tests.rivals.tune QUESTION RIVAL``, where ``recsys benchmark PROTOCOL --part validation --export QUESTION``
wrote the question. From the settings that ``rivals.toml`` has, one after the other is varied over its grid there and
the best value kept, again and again until none is better. What it prints is to be written into ``rivals.toml`` by hand,
with a wider grid where the best lies at an end of it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.rivals.answer import declared, maker
from tests.rivals.question import Question


def main(folder: Path, name: str) -> dict[str, Any]:
    """Print how good each setting is, and last the best; return it."""
    question, rival = Question.read(folder), declared()[name]
    metric = question.about["metric"]
    held_out = pd.read_parquet(folder / "held_out.parquet")
    make = maker(rival)

    def quality(config: dict[str, Any]) -> float:
        started = time.perf_counter()
        found = make(question, **config)()
        reached = ndcg(question, found, held_out, int(metric.removeprefix("ndcg@")))
        seconds = time.perf_counter() - started
        sys.stdout.write(f"{metric} {reached:.4f} {seconds:6.1f} s {json.dumps(config)}\n")
        sys.stdout.flush()
        return reached

    grid, start = rival["grid"], rival["settings"].get(question.key)
    if start is None:
        sys.stdout.write(f"{name} has no settings for {question.key}\n")
        return {}
    best = climbed(start, grid, quality)
    sys.stdout.write(f"best of {name} for {question.key}: {json.dumps(best)}\n")
    for setting in at_end(best, grid):
        sys.stdout.write(f"{setting} lies at an end of its grid {grid[setting]}\n")
    return best


def climbed(
    start: dict[str, Any], grid: dict[str, list[Any]], quality: Callable[[dict[str, Any]], float]
) -> dict[str, Any]:
    """Vary one setting after the other until no value of any is better."""
    tried = {json.dumps(start): quality(start)}
    best, before = start, None
    while best != before:
        before = best
        for name, values in grid.items():
            near = [best | {name: value} for value in values]
            for one in near:
                if json.dumps(one) not in tried:
                    tried[json.dumps(one)] = quality(one)
            best = max([best, *near], key=lambda one: tried[json.dumps(one)])
    return best


def at_end(best: dict[str, Any], grid: dict[str, list[Any]]) -> list[str]:
    """Return the settings whose best value is the least or the largest that was tried."""
    numbers = {name: values for name, values in grid.items() if not isinstance(values[0], str)}
    return [name for name, values in numbers.items() if best[name] in (min(values), max(values))]


def ndcg(question: Question, found: NDArray[np.int64], held_out: pd.DataFrame, k: int) -> float:
    """Return the mean NDCG of ``k`` places over all viewers with something to find; no list is a miss."""
    rows, places = np.nonzero(found[:, :k] >= 0)
    listed = pd.DataFrame(
        {
            "viewer": question.viewers[rows],
            "title": question.titles[found[rows, places]],
            "gain": 1 / np.log2(places + 2),
        }
    )
    wanted = held_out.groupby("viewer").size().clip(upper=k)
    ideal = np.cumsum(1 / np.log2(np.arange(k) + 2))[wanted.to_numpy() - 1]
    gained = listed.merge(held_out, on=["viewer", "title"]).groupby("viewer")["gain"].sum()
    return float((gained.reindex(wanted.index, fill_value=0.0).to_numpy() / ideal).mean())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

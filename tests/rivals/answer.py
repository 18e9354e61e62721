"""Let what others wrote answer a question, in an environment that has their library and not ours.

``python -m tests.rivals.answer QUESTION ANSWERS LIBRARY``, where ``recsys benchmark PROTOCOL --export QUESTION`` wrote
the question; ``recsys benchmark PROTOCOL --beside ANSWERS`` then judges the lists. ``rivals.toml`` says which rivals a
library has, and with what settings. Each runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.rivals.question import Question, key_of

SETTINGS = Path(__file__).with_name("rivals.toml")


def declared() -> dict[str, dict]:
    """Return all rivals by name."""
    return tomllib.loads(SETTINGS.read_text())


def main(question: Path, answers: Path, library: str) -> None:
    """Write an answer of each rival that has one."""
    key = key_of(json.loads((question / "question.json").read_text()))
    answers.mkdir(parents=True, exist_ok=True)
    for name, rival in declared().items():
        config = rival["settings"].get(key)
        if rival["library"] == library and config is not None:
            sys.stderr.write(f"{key}: {name}\n")
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                pool.submit(answer, question, answers / name, rival, config).result()


def maker(rival: dict) -> Callable[..., Callable[[], NDArray[np.int64]]]:
    """Return what fits a rival, its library imported, which is no part of fitting."""
    return getattr(importlib.import_module(f"tests.rivals.by_{rival['library']}"), rival["kind"])


def answer(folder: Path, target: Path, rival: dict, config: dict) -> None:
    """Fit one rival, let it recommend, and write its lists and then what it says of them."""
    question, make = Question.read(folder), maker(rival)
    started = time.perf_counter()
    recommend = make(question, **config)
    fitted = time.perf_counter()
    found = recommend()
    done = time.perf_counter()
    rows, places = np.nonzero(found >= 0)
    lists = {
        "viewer": question.viewers[rows],
        "rank": (places + 1).astype(np.int32),
        "title": question.titles[found[rows, places]],
    }
    said = {
        "digest": question.about["digest"],
        "library": f"{rival['package']} {version(rival['package'])}",
        "config": config,
        "fit_seconds": fitted - started,
        "score_seconds": done - fitted,
        "peak_rss_bytes": peak_rss_bytes(),
    }
    pd.DataFrame(lists).to_parquet(target.with_suffix(".parquet"), index=False)
    target.with_suffix(".json").write_text(json.dumps(said, indent=1) + "\n")


def peak_rss_bytes() -> int:
    """Return the largest resident memory of this process, by the kernel's own mark (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])

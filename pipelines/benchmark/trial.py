"""One model fitted and asked in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pipelines.benchmark.data import Data
from pipelines.recipe import Recipe
from recsys.algorithm import Algorithm
from recsys.errors import CapacityError
from recsys.evaluate import recommend
from recsys.ids import InternalIds
from recsys.interactions import Histories, Interactions
from recsys.profile import Profile
from recsys.ranking.hybrid import Hybrid
from recsys.titles import Titles

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model answered, and what that took.

    Attributes
    ----------
    recommended : int32 (n_viewers, n)
    config : dict
        All hyperparameters, defaults included.
    fit_seconds, score_seconds : float
    peak_rss_bytes : int
        Of the process, the data it was given and the libraries it loaded included.
    profile : dict
        Functions by their share of the time of fitting, the largest first; empty if nobody looked.
    """

    recommended: InternalIds
    config: dict[str, Any]
    fit_seconds: float
    score_seconds: float
    peak_rss_bytes: int
    profile: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a model gets to see: nothing of what is to be found."""

    train: Interactions
    histories: Histories
    offered: Histories | None
    titles: Titles


def run(recipe: Recipe, data: Data, n: int) -> Trial:
    """Fit a model and let it recommend ``n`` titles to every viewer, in a new process.

    Raises
    ------
    CapacityError
        If the process was killed, as the kernel does when memory is short, or was refused memory.
    RecsysError
        Whatever the model itself refuses.
    """
    split = data.split
    question = _Question(split.train, split.histories, data.offered, data.titles)
    return apart(recipe, _here, question, n)


def apart(recipe: Recipe, work: Callable[..., Answer], *arguments: object) -> Answer:
    """Return ``work(recipe, *arguments)`` as done in a new process.

    Raises
    ------
    CapacityError
        If the process was killed, as the kernel does when memory is short, or was refused memory.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        try:
            return pool.submit(work, recipe, *arguments).result()
        except BrokenProcessPool:
            got = "the end of the process, as when the kernel is short of memory"
            raise _short_of_memory(recipe, got) from None
        except MemoryError as error:
            raise _short_of_memory(recipe, str(error) or "a refusal of memory") from None


def peak_rss_bytes() -> int:
    """Return the largest resident memory this process has had.

    On Linux ``getrusage`` starts from that of the process which started this one, so the kernel's
    own mark is read there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        mark = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(mark.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _here(recipe: Recipe, asked: _Question, n: int) -> Trial:
    model = recipe.unfitted()  # loads the algorithms' libraries, which is no part of fitting
    started = time.perf_counter()
    with Profile() as profile:
        model.fit(asked.train, asked.titles)
    fitted = time.perf_counter()
    ids, score_seconds = recommend(model, asked.histories, n, offered=asked.offered)
    return Trial(
        recommended=ids,
        config=hyperparameters(model),
        fit_seconds=fitted - started,
        score_seconds=score_seconds,
        peak_rss_bytes=peak_rss_bytes(),
        profile=profile.shares,
    )


def _short_of_memory(recipe: Recipe, got: str) -> CapacityError:
    return CapacityError(
        expected="an answer",
        got=got,
        where=f"model {recipe.declaration.name}",
        hint="Leave the model out, or take a machine with more memory",
    )


def hyperparameters(model: Algorithm) -> dict[str, Any]:
    """Return all hyperparameters, those of a hybrid's fitted parts in place of their names."""
    config = model.config.model_dump(mode="json")
    if isinstance(model, Hybrid):
        config["parts"] = {name: hyperparameters(part) for name, part in model.parts.items()}
    return config

"""Retrieval by itself, in this process: the recommender's own, and what FAISS takes for the same answer by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import faiss
import numpy as np
from threadpoolctl import threadpool_limits

from features.ranking import RankingFeatures
from pipelines.benchmark.serving.latency import percentiles
from recsys.bundle import Bundle
from recsys.context import Context
from recsys.interactions import Histories
from recsys.ranking.recommender import Recommender
from recsys.vectors import VectorAlgorithm

WARM = 20
"""Calls before any is counted."""
PART = "als"


@dataclass(frozen=True, slots=True)
class Timed:
    """What calls took, one after another.

    Attributes
    ----------
    requests_per_second : float
        Of one thread.
    p50_ms, p99_ms, p999_ms : float or None
    cpu_ms_per_request : float
    calls : int
    """

    requests_per_second: float
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    cpu_ms_per_request: float
    calls: int


def retrievals(bundle: Bundle, histories: list[list[int]], seconds: float) -> dict[str, Timed]:
    """Measure both, in turns of a second each, so that a busy moment of the machine meets both.

    The recommender's own begins with a history and ends with the titles that its viewer may be shown and
    has not seen; the raw search begins with the vector and asks of all, in a plain exact index of the same
    vectors.

    Parameters
    ----------
    bundle : Bundle
    histories : list of list of int
        Internal ids.
    seconds : float
        For each.
    """
    recommender = Recommender.load(bundle, RankingFeatures)
    model, n_titles = recommender.model, len(recommender.titles)
    part, index, quota = model.parts[PART], model.indexes[PART], model.config.quota
    assert isinstance(part, VectorAlgorithm)  # noqa: S101
    raw = faiss.IndexFlatIP(part.title_vectors_.shape[1])
    raw.add(part.title_vectors_)
    faiss.omp_set_num_threads(1)
    context = Context.at_present()
    asked = [Histories.of([one], n_titles) for one in histories]
    queries = [np.ascontiguousarray(part.embed(one)) for one in asked]

    def ours(at: int) -> None:
        shown = recommender.allowed(context)
        shown[asked[at].titles] = False
        index.search(part.embed(asked[at]), quota, allowed=shown)

    def theirs(at: int) -> None:
        raw.search(queries[at], quota)

    # One thread, as in a server: those of a library would only wait for each other.
    with threadpool_limits(1):
        return _in_turns({"retrieval": ours, "faiss": theirs}, len(asked), seconds)


def _in_turns(
    calls: dict[str, Callable[[int], None]], n_asked: int, seconds: float
) -> dict[str, Timed]:
    taken: dict[str, list[float]] = {name: [] for name in calls}
    spent = dict.fromkeys(calls, 0.0)
    for call in calls.values():
        for at in range(WARM):
            call(at % n_asked)
    for _ in range(max(1, round(seconds))):
        for name, call in calls.items():
            began, end = time.process_time(), time.perf_counter() + 1
            while (start := time.perf_counter()) < end:
                call(len(taken[name]) % n_asked)
                taken[name].append(time.perf_counter() - start)
            spent[name] += time.process_time() - began
    return {name: _timed(taken[name], spent[name]) for name in calls}


def _timed(taken: list[float], spent: float) -> Timed:
    return Timed(
        requests_per_second=len(taken) / sum(taken),
        **percentiles(taken),
        cpu_ms_per_request=1e3 * spent / len(taken),
        calls=len(taken),
    )

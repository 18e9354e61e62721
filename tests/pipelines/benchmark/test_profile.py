"""A profile tells which of our functions a thread was in, whatever library did the work."""

import time

import numpy as np

from pipelines.benchmark.profile import Profile
from recsys.algorithms.ease import EASE
from recsys.titles import Titles
from recsys.topk import top_k
from tests import worlds


def test_time_counts_for_our_innermost_function() -> None:
    scores = np.random.default_rng(0).random((200, 20_000), np.float32)
    with Profile() as profile:
        stop = time.perf_counter() + 1
        while time.perf_counter() < stop:
            top_k(scores, 10)
    names = [name for name in profile.shares if name.startswith("topk.")]
    assert names
    assert sum(profile.shares.values()) == 1 or abs(sum(profile.shares.values()) - 1) < 1e-9
    assert list(profile.shares.values()) == sorted(profile.shares.values(), reverse=True)


def test_a_fit_that_fails_ends_the_looking() -> None:
    interactions, _ = worlds.small_world()
    try:
        with Profile() as profile:
            EASE().fit(interactions, Titles.bare(worlds.id_map(3)))
    except Exception:  # noqa: BLE001  # whatever it is
        assert not profile._thread.is_alive()
    else:
        raise AssertionError

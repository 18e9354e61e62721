"""A profile tells which of our functions a thread was in, whatever library did the work."""

import threading
import time

import numpy as np
import pytest

from recsys.algorithms.ease import EASE
from recsys.errors import InputError
from recsys.profile import Profile
from recsys.titles import Titles
from recsys.topk import top_k
from tests import worlds


def test_time_counts_for_our_innermost_function() -> None:
    scores = np.random.default_rng(0).random((200, 20_000), np.float32)
    with Profile() as profile:
        stop = time.perf_counter() + 1
        while time.perf_counter() < stop:
            top_k(scores, 10)
    assert profile.shares["topk._best_of_many"] > 0.3
    assert all(name.startswith("topk.") for name in profile.shares)
    assert sum(profile.shares.values()) == pytest.approx(1)
    assert list(profile.shares.values()) == sorted(profile.shares.values(), reverse=True)


def test_a_fit_that_fails_ends_the_looking() -> None:
    interactions, _ = worlds.small_world()
    with pytest.raises(InputError), Profile() as profile:
        EASE().fit(interactions, Titles.bare(worlds.id_map(3)))
    assert "profile" not in {thread.name for thread in threading.enumerate()}
    assert sum(profile.shares.values()) == pytest.approx(1 if profile.shares else 0)

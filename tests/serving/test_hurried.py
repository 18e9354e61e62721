"""With a deadline, what is there in time is sent and the rest is named."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from recsys.context import Context
from recsys.interactions import Histories
from recsys.ranking.answers import Recommendations
from recsys.ranking.rights import Rights
from serving.catalog_only import CatalogOnly
from serving.hurried import Hurried
from tests.serving import world

HISTORY = Histories.of([[1, 2]], 61)
NOW = Context.at_present()


@dataclass
class Slow(CatalogOnly):
    """A recommender that takes its time, really."""

    seconds: float

    def __post_init__(self) -> None:
        super().__init__(world.catalog())

    def recommend(self, *args: object, **more: object) -> Recommendations:
        time.sleep(self.seconds)
        return super().recommend(*args, **more)  # type: ignore[arg-type]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def hurried(threads: ThreadPoolExecutor, seconds: float, left: float) -> Hurried:
    return Hurried(Slow(seconds), threads, time.monotonic() + left)


def test_what_is_there_in_time_is_the_same(threads: ThreadPoolExecutor) -> None:
    answer = hurried(threads, 0, 30).recommend(HISTORY, NOW, 5)
    assert (
        answer.ids.tolist() == CatalogOnly(world.catalog()).recommend(HISTORY, NOW, 5).ids.tolist()
    )
    assert "deadline" not in answer.degraded


def test_what_is_not_is_named_and_not_waited_for(threads: ThreadPoolExecutor) -> None:
    started = time.monotonic()
    answer = hurried(threads, 2, 0.05).recommend(HISTORY, NOW, 5)
    assert answer.ids.shape == (1, 0)
    assert answer.degraded == ("deadline",)
    assert time.monotonic() - started < 2


def test_after_the_deadline_nothing_more_is_begun(threads: ThreadPoolExecutor) -> None:
    answer = hurried(threads, 0, -1).similar(np.array([1, 2], np.int32), NOW, 5)
    assert answer.ids.shape == (2, 0)
    assert answer.degraded == ("deadline",)


def test_what_many_watch_and_rights_are_never_hurried(threads: ThreadPoolExecutor) -> None:
    late = hurried(threads, 0, -1)
    assert len(late.popular(NOW, 5).ids[0]) == 5
    assert late.allowed(NOW).tolist() == Rights.of(late.titles).allowed(NOW).tolist()
    wanted = np.zeros(61, bool)
    wanted[3] = True
    assert late.only(wanted).popular(NOW, 1).ids.tolist() == [[3]]

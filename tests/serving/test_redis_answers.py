"""Replicas that share a Redis make an answer once for all of them; without it, with a slow or a lying one, each makes its own."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from serving import redis_answers
from serving.metrics import Metrics
from serving.redis_answers import MOST_BYTES, Made, RedisAnswers
from tests.serving.conftest import RedisProcess, redis_at

KEY = b"k" * 32
ASKED = ("title", "t1", None, 7)


class Replica:
    """One of those that share a Redis."""

    def __init__(self, url: str, key: bytes = KEY) -> None:
        self.metrics = Metrics()
        self.answers = RedisAnswers(url, key, self.metrics)
        self.made = 0

    def get(self, make: Callable[[], Made] | None = None, asked: tuple[object, ...] = ASKED) -> bytes:  # fmt: skip
        def counted() -> Made:
            self.made += 1
            return (b"answer", 60.0) if make is None else make()

        return self.answers.get("some", asked, counted)[0]

    @property
    def counts(self) -> dict[str, float]:
        return lookups(self.metrics, "redis")


def lookups(metrics: Metrics, level: str) -> dict[str, float]:
    return {
        sample.labels["outcome"]: sample.value
        for one in metrics.cached.collect()
        for sample in one.samples
        if sample.name.endswith("_total") and sample.labels["level"] == level and sample.value
    }


@pytest.fixture
def replica() -> Iterator[Callable[..., Replica]]:
    replicas: list[Replica] = []

    def make(url: str, key: bytes = KEY) -> Replica:
        replicas.append(Replica(url, key))
        return replicas[-1]

    yield make
    for one in replicas:
        one.answers.close()


@pytest.fixture
def inside(redis: RedisProcess) -> Iterator[Redis]:
    """What somebody with access to Redis sees."""
    with Redis.from_url(redis.url) as client:
        yield client


MakeReplica = Callable[..., Replica]


def test_what_one_replica_made_another_need_not_make(
    replica: MakeReplica, redis: RedisProcess
) -> None:
    one, other = replica(redis.url), replica(redis.url)
    assert one.get() == other.get() == other.get() == b"answer"
    assert (one.made, other.made) == (1, 0)
    assert (one.counts, other.counts) == ({"miss": 1}, {"hit": 2})
    assert other.get(asked=("title", "t1", None, 8)) == b"answer"
    assert other.made == 1, "another question"


def test_replicas_that_ask_at_once_wait_for_the_first(
    replica: MakeReplica, redis: RedisProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_answers, "WAIT_SECONDS", 60.0)
    one, others = replica(redis.url), [replica(redis.url) for _ in range(3)]
    began, may_end = threading.Event(), threading.Event()
    polled = threading.Semaphore(0)
    sleep = redis_answers.time.sleep
    monkeypatch.setattr(
        redis_answers.time, "sleep", lambda seconds: (polled.release(), sleep(seconds))
    )

    def slowly() -> Made:
        began.set()
        assert may_end.wait(20)
        return b"answer", 60.0

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(one.get, slowly)
        assert began.wait(20)
        waiting = [threads.submit(other.get) for other in others]
        for _ in range(9):
            assert polled.acquire(timeout=20)
        may_end.set()
        assert {asked.result() for asked in [first, *waiting]} == {b"answer"}
    assert [other.made for other in others] == [0, 0, 0]
    assert [other.counts for other in others] == [{"waited": 1}] * 3


def test_who_waited_too_long_makes_it_itself(replica: MakeReplica, redis: RedisProcess) -> None:
    one, other = replica(redis.url), replica(redis.url)
    began, may_end = threading.Event(), threading.Event()

    def endlessly() -> Made:
        began.set()
        assert may_end.wait(20)
        return b"late", 60.0

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(one.get, endlessly)
        assert began.wait(20)
        assert other.get() == b"answer", "while the first is still at it, or dead"
        may_end.set()
        assert first.result() == b"late"


def test_one_that_fails_keeps_nobody_waiting(
    replica: MakeReplica, redis: RedisProcess, inside: Redis
) -> None:
    one, other = replica(redis.url), replica(redis.url)

    def fail() -> Made:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        one.get(fail)
    assert inside.dbsize() == 0
    assert other.get() == b"answer"
    assert other.counts == {"miss": 1}


def test_an_answer_is_kept_as_long_as_it_holds_and_no_longer(
    replica: MakeReplica, redis: RedisProcess, inside: Redis
) -> None:
    one = replica(redis.url)
    one.get(lambda: (b"answer", 0.0))
    one.get(lambda: (b"x" * (MOST_BYTES + 1), 60.0))
    assert inside.dbsize() == 0, "neither what holds no longer, nor what is too large"
    one.get(lambda: (b"answer", 60.0))
    (place,) = inside.keys()
    assert 0 < inside.pttl(place) <= 60_000
    body, seconds = one.answers.get("some", ASKED, lambda: (b"", 0.0))
    assert body == b"answer"
    assert 0 < seconds <= 60


def test_without_its_redis_a_replica_makes_its_own_until_it_is_back(
    replica: MakeReplica,
    redis: RedisProcess,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    one = replica(redis.url)
    one.get()
    redis.kill()
    assert [one.get() for _ in range(5)] == [b"answer"] * 5
    assert one.counts == {"miss": 1, "away": 5}
    one.answers._asks_again_at = 0.0  # as if the pause were over
    monkeypatch.setattr(redis_answers, "PAUSE_SECONDS", 0.0)
    with redis_at(redis.port, tmp_path):
        one.get()
        one.get()
    assert one.counts == {"miss": 2, "away": 5, "hit": 1}


def test_one_that_takes_connections_and_says_nothing_is_waited_for_once(
    replica: MakeReplica,
) -> None:
    with _silent() as (url, taken):
        one = replica(url)
        with ThreadPoolExecutor(4) as threads:
            assert [one.get() for _ in range(3)] == [b"answer"] * 3
            assert set(threads.map(lambda _: one.get(), range(40))) == {b"answer"}
        assert one.counts == {"away": 43}
        assert len(taken) == 1
        one.answers._asks_again_at = 0.0  # as if the pause were over
        with ThreadPoolExecutor(4) as threads:
            assert set(threads.map(lambda _: one.get(), range(40))) == {b"answer"}
        assert len(taken) == 2, "one finds out for all"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", "redis://nowhere.invalid/0"])
def test_one_that_is_not_there_at_all_is_missed_by_nobody(replica: MakeReplica, url: str) -> None:
    assert replica(url).get() == b"answer"


@pytest.mark.parametrize(
    "planted", [b"", b"x", b"planted", b"\xff" * 200, b"0" * 16 + b'{"items":[]}']
)
def test_what_others_planted_in_redis_is_never_sent(
    replica: MakeReplica, redis: RedisProcess, inside: Redis, planted: bytes
) -> None:
    one = replica(redis.url)
    one.get()
    (place,) = inside.keys()
    inside.set(place, planted)
    assert one.get() == b"answer"
    assert one.made == 2
    assert one.get() == b"answer"
    assert one.made == 2, "what was planted is gone"


def test_an_answer_that_was_moved_is_never_sent(
    replica: MakeReplica, redis: RedisProcess, inside: Redis
) -> None:
    one = replica(redis.url)
    one.get(lambda: (b"of the child", 60.0), ("child",))
    (child,) = inside.keys()
    one.get(lambda: (b"of the adult", 60.0), ("adult",))
    (adult,) = set(inside.keys()) - {child}
    inside.rename(adult, child)
    assert one.get(lambda: (b"of the child", 60.0), ("child",)) == b"of the child"


def test_a_key_of_another_kind_is_no_harm(
    replica: MakeReplica, redis: RedisProcess, inside: Redis
) -> None:
    one = replica(redis.url)
    one.get()
    (place,) = inside.keys()
    inside.delete(place)
    inside.lpush(place, "a list")
    assert one.get() == b"answer"


def test_who_has_another_key_shares_nothing_and_reads_nothing(
    replica: MakeReplica, redis: RedisProcess, inside: Redis
) -> None:
    one, other = replica(redis.url), replica(redis.url, b"o" * 32)
    one.get(asked=("a-secret-title",))
    other.get(asked=("a-secret-title",))
    assert other.made == 1
    assert all(b"secret" not in place for place in inside.keys())  # noqa: SIM118  a client, no mapping


@contextmanager
def _silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that takes connections and never says a word."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take)
        thread.start()
        try:
            yield f"redis://127.0.0.1:{server.getsockname()[1]}/0", taken
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for one in taken:
                one.close()

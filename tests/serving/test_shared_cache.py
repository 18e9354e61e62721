"""An answer is made once however many ask at once, kept within bounds, and made again when it is too old."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from recsys.settings import Settings
from serving.app import create_app
from serving.catalog.contracts import AskedForNew, AskedForTrending, AskedOfCatalog
from serving.metrics import Metrics
from serving.parts import Parts
from serving.redis_answers import Made
from serving.shared_cache import SharedCache
from tests.serving.conftest import answering, event, until

QUESTION = ("question",)


def counted(metrics: Metrics) -> dict[str, float]:
    return {
        sample.labels["outcome"]: sample.value
        for one in metrics.cached.collect()
        for sample in one.samples
        if sample.name.endswith("_total")
    }


def test_many_who_ask_at_once_wait_for_the_first() -> None:
    cache, began, may_end = SharedCache("x", 1000, metrics := Metrics()), threading.Event(), threading.Event()  # fmt: skip
    made = []

    def make() -> Made:
        made.append(1)
        began.set()
        may_end.wait(10)
        return b"answer", 60

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(cache.get, QUESTION, make)
        began.wait(10)
        others = [threads.submit(cache.get, QUESTION, make) for _ in range(7)]
        assert until(lambda: counted(metrics).get("waited") == 7)
        may_end.set()
        assert {one.result().body for one in [first, *others]} == {b"answer"}
    assert len(made) == 1
    assert cache.get(QUESTION, make).body == b"answer"
    assert counted(metrics) == {"miss": 1, "waited": 7, "hit": 1}


def test_what_fails_is_told_to_all_who_waited_and_tried_again() -> None:
    cache = SharedCache("x", 1000, Metrics())

    def fail() -> Made:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.get(QUESTION, fail)
    assert cache.get(QUESTION, lambda: (b"yes", 60)).body == b"yes"


def test_what_is_too_old_or_too_large_is_made_again() -> None:
    cache, made = SharedCache("x", 10, Metrics()), []

    def make(body: bytes, seconds: float) -> Made:
        made.append(body)
        return body, seconds

    for body, seconds in ((b"old", 0), (b"much too large", 60), (b"kept", 60)):
        for _ in range(2):
            kept = cache.get((body.decode(),), partial(make, body, seconds))
            assert kept.body == body
    assert made == [b"old"] * 2 + [b"much too large"] * 2 + [b"kept"]
    cache.get(("other",), lambda: (b"12345678", 60))
    cache.get(("kept",), lambda: make(b"kept", 60))
    assert made[-2:] == [b"kept", b"kept"]


def test_nothing_of_anybody_is_in_the_cache_that_all_share(settings: Settings) -> None:
    app = create_app(settings)
    with answering(app) as client:
        parts: Parts = app.state.parts
        for viewer in ("secret-a", "secret-b", "v000", "v005"):
            _look_around(client, viewer)
        kept = parts.contents._cache._kept
        assert kept
        for question, answer in kept.items():
            for mark in ("secret-", "v000", "v005"):
                assert mark not in repr(question)
                assert mark.encode() not in answer.body
        # Two viewers in one place of one age, and a third who is nobody, are answered from one and the same.
        count = len(kept)
        for asked in (AskedOfCatalog(viewerId="secret-c"), AskedOfCatalog()):
            parts.contents.categories(asked)
            parts.contents.trending(
                AskedForTrending.model_validate(asked.model_dump(by_alias=True))
            )
            parts.contents.new_releases(AskedForNew.model_validate(asked.model_dump(by_alias=True)))
        assert len(kept) == count


@pytest.fixture
def settings(store: object, registry: object, shared_database: str) -> Settings:
    return Settings.model_validate(
        {"store": store, "registry": registry, "database_url": shared_database, "open_access": True}
    )


def _look_around(client: httpx.Client, viewer: str) -> None:
    watched = event(viewer, "t004", watchedPortion=1.0)
    assert client.post("/api/analytics/event", json=watched).status_code == 202
    for path in ("t004", "categories", "new-releases", "trending"):
        answer = client.get(f"/api/content/{path}", params={"viewerId": viewer})
        assert answer.status_code == 200

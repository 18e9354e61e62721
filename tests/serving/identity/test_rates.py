"""One may ask so often: by viewer and by address, counted here or in a real Redis that several replicas share."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from recsys.settings import Settings
from serving.identity.rates import neighbourhood
from tests.serving.conftest import RedisProcess, TokenFor, answering, bearer
from tests.serving.identity.test_callers import app_of


@pytest.fixture
def asked(store: Path) -> Callable[..., list[int]]:
    """Gives the answers to so many requests in a row."""

    def ask(client: httpx.Client, times: int, token: str | None = None) -> list[int]:
        headers = {} if token is None else bearer(token)
        return [client.get("/asker", headers=headers).status_code for _ in range(times)]

    return ask


def test_a_viewer_who_asks_too_often_is_told_when_to_come_again(
    store: Path, token_for: TokenFor, asked: Callable[..., list[int]]
) -> None:
    with answering(app_of(Settings(store=store, viewer_rate=3))) as client:
        assert asked(client, 5, token_for("v001")) == [200, 200, 200, 429, 429]
        answer = client.get("/asker", headers=bearer(token_for("v001")))
        assert answer.json()["type"] == "/problems/too-many-requests"
        assert 50 <= int(answer.headers["retry-after"]) <= 60, "the minute has just begun"
        assert asked(client, 1, token_for("v002")) == [200], "others are not held up"


def test_an_address_is_counted_whatever_tokens_come_from_it(
    store: Path, token_for: TokenFor, asked: Callable[..., list[int]]
) -> None:
    with answering(app_of(Settings(store=store, address_rate=4))) as client:
        assert asked(client, 2, "nonsense") == [401, 401], "guesses count"
        assert asked(client, 1) == [401]
        assert asked(client, 2, token_for("v001")) == [200, 429]
        assert asked(client, 1, "nonsense") == [429]
        assert asked(client, 9, token_for(scopes="service")) == [200] * 9, "a backend asks for many"


def test_who_has_no_token_on_an_open_replica_is_its_backend(
    store: Path, asked: Callable[..., list[int]]
) -> None:
    settings = Settings(store=store, address_rate=1, viewer_rate=1, open_access=True)
    with answering(app_of(settings)) as client:
        assert asked(client, 5) == [200] * 5


def test_nothing_is_counted_where_the_limit_is_0(
    store: Path, token_for: TokenFor, asked: Callable[..., list[int]]
) -> None:
    settings = Settings(store=store, address_rate=0, viewer_rate=0)
    with answering(app_of(settings)) as client:
        assert asked(client, 20, token_for("v001")) == [200] * 20


def test_replicas_that_share_a_redis_count_together(
    store: Path,
    token_for: TokenFor,
    asked: Callable[..., list[int]],
    redis: RedisProcess,
) -> None:
    settings = Settings(store=store, viewer_rate=3, redis_url=redis.url)
    with answering(app_of(settings)) as one, answering(app_of(settings)) as other:
        assert asked(one, 2, token_for("v001")) == [200, 200]
        assert asked(other, 2, token_for("v001")) == [200, 429]
        answer = other.get("/asker", headers=bearer(token_for("v001")))
        assert 50 <= int(answer.headers["retry-after"]) <= 60


def test_without_its_redis_a_replica_counts_for_itself(
    store: Path,
    token_for: TokenFor,
    asked: Callable[..., list[int]],
    redis: RedisProcess,
) -> None:
    settings = Settings(store=store, viewer_rate=3, redis_url=redis.url)
    with answering(app_of(settings)) as client:
        assert asked(client, 2, token_for("v001")) == [200, 200]
        redis.kill()
        assert asked(client, 4, token_for("v001")) == [200, 200, 200, 429]


def test_addresses_of_one_customer_count_as_one() -> None:
    assert neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2:ffff::1")
    assert neighbourhood("2001:db8:1:2::1") != neighbourhood("2001:db8:1:3::1")
    assert neighbourhood("::ffff:192.0.2.1") == neighbourhood("192.0.2.1")
    assert neighbourhood("192.0.2.1") != neighbourhood("192.0.2.2")
    assert neighbourhood("") == ""

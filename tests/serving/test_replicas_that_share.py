"""Whole replicas that share a Redis answer alike from it, and find nothing there of anybody, nor of what was taken down."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from redis import Redis

from recsys.settings import Settings
from serving.app import create_app
from serving.identity.issuer import Issuer
from tests.serving.conftest import RedisProcess, TokenFor, answering, bearer, event, until
from tests.serving.readers import Place, write_translated
from tests.serving.test_redis_answers import lookups

PATHS = ("/api/content/t004", "/api/content/categories", "/api/content/new-releases?limit=3", "/api/content/trending")  # fmt: skip


def test_two_replicas_answer_alike_from_one_redis(
    settings: Settings, redis: RedisProcess, token_for: TokenFor
) -> None:
    one, other = (create_app(settings, local=True) for _ in range(2))
    with answering(one) as first, answering(other) as second:
        bodies = [_body(first, path, token_for) for path in PATHS]
        assert [_body(second, path, token_for) for path in PATHS] == bodies
        assert _level(one, "redis") == {"miss": len(PATHS)}
        assert _level(other, "redis") == {"hit": len(PATHS)}
        watched = event("secret-viewer", "t004", watchedPortion=1.0)
        assert first.post("/api/analytics/event", json=watched, headers=bearer(token_for(scopes="service"))).status_code == 202  # fmt: skip
        for path in PATHS:
            assert _body(second, path, token_for, "secret-viewer")
        with Redis.from_url(redis.url) as inside:
            kept = list(inside.scan_iter("recsys:answer:*"))
            assert len(kept) >= len(PATHS)
            assert not [place for place in kept if b"secret" in place + inside.get(place)]
        cursor = first.get(PATHS[2], headers=bearer(token_for(scopes="service"))).json()["nextCursor"]  # fmt: skip
        assert _body(second, f"/api/content/new-releases?limit=3&cursor={cursor}", token_for)


def test_a_title_that_is_taken_down_is_not_found_in_redis_either(
    settings: Settings, redis: RedisProcess, token_for: TokenFor
) -> None:
    path, staff = "/api/content/t004", bearer(token_for(scopes="staff"))
    one, other = (create_app(settings, local=True) for _ in range(2))
    with answering(one) as first, answering(other) as second:
        assert _body(first, path, token_for) == _body(second, path, token_for)
        body = {"reason": "rights"}
        taken = first.post("/api/staff/titles/t004/takedown", json=body, headers=staff)
        assert taken.status_code == 200, taken.text
        assert first.get(path, headers=staff).status_code == 404
        assert until(lambda: second.get(path, headers=staff).status_code == 404)


def test_what_is_shared_of_one_language_is_never_sent_to_readers_of_another(
    settings: Settings, tmp_path: Path
) -> None:
    write_translated(tmp_path / "store")
    own = settings.model_copy(update={"store": tmp_path / "store"})
    issuer = Issuer.of(own)
    one, other = (create_app(own, local=True) for _ in range(2))
    told = {"nb": "Eventyret om havet", "en": "Story 0 of pirates"}
    with answering(one) as first, answering(other) as second:
        for client in (first, second):
            for language, name in told.items():
                headers = Place(client, issuer).headers("anybody", language)
                answer = client.get("/api/content/t000", headers=headers)
                assert answer.json()["name"] == name
                assert answer.headers["content-language"] == language
    assert _level(one, "redis") == {"miss": 2}
    assert _level(other, "redis") == {"hit": 2}


@pytest.fixture
def settings(
    store: Path, registry: Path, new_database: Callable[[], str], redis: RedisProcess
) -> Settings:
    return Settings(
        store=store, registry=registry, database_url=new_database(), redis_url=redis.url
    )


def _body(client: httpx.Client, path: str, token_for: TokenFor, viewer: str | None = None) -> bytes:
    token = token_for(viewer) if viewer else token_for(scopes="service")
    answer = client.get(path, headers=bearer(token))
    assert answer.status_code == 200, answer.text
    return answer.content


def _level(app: FastAPI, level: str) -> dict[str, float]:
    return lookups(app.state.parts.metrics, level)

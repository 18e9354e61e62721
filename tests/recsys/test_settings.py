"""Settings are read once, and what is wrong with one is told without what it may hold."""

import pytest

from recsys.errors import ConfigError
from recsys.settings import Settings


@pytest.mark.parametrize("name", ["jwks_url", "redis_url", "traces_url"])
@pytest.mark.parametrize(
    "url", ["foo", "foo://me:hidden@host", "file:///hidden", "https://", "redis:"]
)
def test_an_address_of_another_kind_is_refused_without_its_password(name: str, url: str) -> None:
    with pytest.raises(ConfigError, match=name) as refused:
        Settings(**{name: url})
    assert "hidden" not in str(refused.value)


def test_addresses_of_the_right_kind_are_taken() -> None:
    settings = Settings(
        jwks_url="https://login.example/keys",
        redis_url="rediss://:hidden@host:6379/0",
        traces_url="http://collector:4318/v1/traces",
    )
    assert settings.redis_url.startswith("rediss://")


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECSYS_CORS_ORIGINS", "https://tv.example, http://localhost:5173,")
    assert Settings().cors_origins == ("https://tv.example", "http://localhost:5173")


@pytest.mark.parametrize(
    "origin", ["*", "tv.example", "https://tv.example/path", "https://*.example"]
)
def test_an_origin_is_one_place(origin: str) -> None:
    with pytest.raises(ConfigError, match="cors_origins"):
        Settings(cors_origins=(origin,))

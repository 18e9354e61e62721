"""Keys of an issuer elsewhere, on a real web server that changes them, floods, lies and goes away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from recsys.settings import Settings
from serving.identity import remote
from serving.identity.remote import RemoteKeys
from serving.refusals import KeysDownError
from tests.serving.conftest import answering, bearer, until
from tests.serving.identity.signing import (
    AUDIENCE,
    ISSUER,
    Published,
    ec_key,
    public,
    published,
    rsa_key,
    signed,
)
from tests.serving.identity.test_callers import app_of
from tests.serving.replica_process import free_port

FIRST, SECOND = ec_key(), rsa_key()


@pytest.fixture
def issuer() -> Iterator[Published]:
    with published() as document:
        document.keys = [public(FIRST, "one")]
        yield document


def test_a_replica_takes_the_tokens_of_the_issuer_and_of_nobody_else(
    issuer: Published, tmp_path: Path
) -> None:
    settings = Settings(
        store=tmp_path, jwks_url=issuer.url, token_issuer=ISSUER, token_audience=AUDIENCE
    )
    with answering(app_of(settings)) as client:
        known = client.get("/caller", headers=bearer(signed(FIRST)))
        assert known.json() == ["a1", "v001", "viewer"]
        assert client.get("/caller", headers=bearer(signed(ec_key()))).status_code == 401
        assert (
            client.get("/caller", headers=bearer(signed(SECOND, "two", "RS256"))).status_code == 401
        )
    assert issuer.asked == 1, "the keys are remembered"


def test_a_new_key_is_found_when_a_token_names_it(issuer: Published) -> None:
    keys = RemoteKeys(issuer.url, pause=0)
    assert keys.fetched("one") is not None
    issuer.keys.append(public(SECOND, "two"))
    assert keys.at_hand("two") is None
    found = keys.fetched("two")
    assert found is not None
    assert found.algorithm_name == "RS256"
    assert issuer.asked == 2


def test_a_withdrawn_key_is_found_out(issuer: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = RemoteKeys(issuer.url, pause=0)
    assert keys.fetched("one") is not None
    issuer.keys = [public(SECOND, "two")]
    assert keys.at_hand("one") is not None
    monkeypatch.setattr(remote, "FRESH_SECONDS", 0)
    assert until(lambda: keys.at_hand("one") is None)
    assert keys.at_hand("two") is not None


def test_unknown_keys_by_the_hundred_make_one_fetch(issuer: Published) -> None:
    keys = RemoteKeys(issuer.url, pause=600)
    for number in range(100):
        assert keys.fetched(f"unknown {number}") is None
    assert keys.fetched("one") is not None
    assert issuer.asked == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"keys": 1}', b"{" * 2_000_000])
def test_garbage_leaves_the_keys_as_they_were(issuer: Published, body: bytes) -> None:
    keys = RemoteKeys(issuer.url, pause=0)
    assert keys.fetched("one") is not None
    issuer.body = body
    assert keys.fetched("two") is None
    assert keys.at_hand("one") is not None
    assert issuer.asked == 2


def test_an_issuer_that_is_gone_is_no_fault_of_the_caller(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(
        store=tmp_path,
        jwks_url=f"http://127.0.0.1:{port}/keys",
        token_issuer=ISSUER,
        token_audience=AUDIENCE,
    )
    with answering(app_of(settings)) as client:
        answer = client.get("/caller", headers=bearer(signed(FIRST)))
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["type"] == "/problems/keys-down"


def test_keys_that_are_known_outlive_their_issuer_for_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with published() as issuer:
        issuer.keys = [public(FIRST, "one")]
        keys = RemoteKeys(issuer.url, pause=0)
        assert keys.fetched("one") is not None
    monkeypatch.setattr(remote, "FRESH_SECONDS", 0)
    assert keys.fetched("one") is not None
    assert keys.fetched("two") is None
    monkeypatch.setattr(remote, "LONGEST_SECONDS", 0)
    with pytest.raises(KeysDownError):
        keys.fetched("one")

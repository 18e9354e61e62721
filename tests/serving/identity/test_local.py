"""The local issuer: its key is a file that its owner alone reads, and is replaced without anybody's token ending."""

import stat
import threading
import time
from pathlib import Path

import jwt
import pytest

from recsys.errors import ConfigError
from recsys.settings import Settings
from serving.identity.contracts import Scope
from serving.identity.issuer import KEYS, Issuer
from serving.identity.local import LONGEST_MINUTES, LocalKeys
from serving.identity.tokens import Tokens
from serving.refusals import KeysDownError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / KEYS


def issuer(path: Path) -> Issuer:
    return Issuer(LocalKeys(path), "recsys", "recsys")


def token(path: Path) -> str:
    return issuer(path).issue("a1", [Scope.VIEWER], viewer_id="v001")


def verifier(path: Path) -> Tokens:
    return Tokens(LocalKeys(path), "recsys", "recsys")


def test_the_key_is_its_owners_alone(path: Path) -> None:
    token(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    issuer(path).keys.rotate()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_key_signs_until_it_is_replaced(path: Path) -> None:
    kids = {jwt.get_unverified_header(token(path))["kid"] for _ in range(3)}
    assert len(kids) == 1
    new = issuer(path).keys.rotate()
    assert jwt.get_unverified_header(token(path))["kid"] == new
    assert new not in kids


def test_a_replica_that_runs_takes_old_and_new_tokens_when_the_key_is_replaced(path: Path) -> None:
    replica, old = verifier(path), token(path)
    assert replica.verify(old).profile_id == "v001"
    issuer(path).keys.rotate()
    assert replica.verify(old).profile_id == "v001"
    assert replica.verify(token(path)).profile_id == "v001"


def test_an_old_key_ends_when_its_last_token_has_ended(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token(path)
    keys = LocalKeys(path)
    first, _ = keys.signing()
    second = keys.rotate()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LONGEST_MINUTES * 60 - 5)
    assert {one.kid for one in keys.document()} == {first, second}
    monkeypatch.setattr(time, "time", lambda: now + LONGEST_MINUTES * 60 + 120)
    assert {one.kid for one in keys.document()} == {second}
    assert keys.at_hand(first) is None
    keys.rotate()
    assert first not in path.read_text()


def test_nothing_private_is_in_the_document(path: Path) -> None:
    token(path)
    (one,) = LocalKeys(path).document()
    assert set(one.model_dump()) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_many_who_come_first_at_once_have_one_key(path: Path) -> None:
    kids: list[str] = []
    threads = [
        threading.Thread(target=lambda: kids.append(LocalKeys(path).signing()[0])) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(kids) == 8
    assert len(set(kids)) == 1


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"a": 1}', '[{"kty": "EC"}]'])
def test_a_broken_file_is_told_and_never_replaced(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(ConfigError):
        token(path)
    with pytest.raises(KeysDownError):
        LocalKeys(path).at_hand("one")
    assert path.read_text() == content


def test_without_a_file_nothing_verifies_and_nothing_is_made(path: Path) -> None:
    assert LocalKeys(path).at_hand("one") is None
    assert LocalKeys(path).document() == []
    assert not path.exists()


@pytest.mark.parametrize("minutes", [0, -1, LONGEST_MINUTES + 1, float("nan"), float("inf")])
def test_no_token_outlives_the_keys(path: Path, minutes: float) -> None:
    with pytest.raises(ConfigError, match="minutes"):
        issuer(path).issue("a1", [Scope.VIEWER], minutes=minutes)


def test_there_is_no_local_issuer_where_tokens_come_from_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="RECSYS_JWKS_URL"):
        Issuer.of(Settings(store=tmp_path, jwks_url="https://login.example/keys"))

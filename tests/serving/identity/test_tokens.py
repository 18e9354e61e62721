"""A token counts if its issuer signed it, for us, and for now; nothing that it says of itself is believed before."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from serving.identity import keys
from serving.identity.contracts import Caller, Scope
from serving.identity.tokens import LEEWAY_SECONDS, LONGEST, Tokens
from serving.refusals import NotAllowedError, TokenError
from tests.serving.identity.signing import (
    AUDIENCE,
    ISSUER,
    claims,
    ec_key,
    public,
    rsa_key,
    signed,
)

KEY, RSA = ec_key(), rsa_key()
OTHERS = {"weak": rsa_key(1024), "p384": ec.generate_private_key(ec.SECP384R1())}


class Few:
    """A few keys at hand."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._keys = keys.read(document, "here")

    def at_hand(self, kid: str) -> jwt.PyJWK | None:
        return self._keys.get(kid)

    fetched = at_hand


SECRET = base64.urlsafe_b64encode(b"s" * 32).decode().rstrip("=")
DOCUMENT = {
    "keys": [
        public(KEY, "one"),
        public(RSA, "two", use="sig", alg="RS256"),
        public(OTHERS["weak"], "weak"),
        public(KEY, "sealing", use="enc"),
        {"kty": "oct", "k": SECRET, "kid": "secret", "alg": "HS256"},
        {"kty": "EC", "crv": "P-256", "kid": "torn", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        "nonsense",
    ]
}


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(Few(DOCUMENT), ISSUER, AUDIENCE)


def test_a_good_token_says_who_asks(tokens: Tokens) -> None:
    expected = Caller("a1", "v001", frozenset({Scope.VIEWER}), "a1")
    assert tokens.verify(signed(KEY)) == expected
    assert tokens.verify(signed(RSA, "two", "RS256")) == expected
    assert tokens.verify(signed(KEY, aud=["other", AUDIENCE])) == expected


def test_scopes_that_are_none_of_ours_are_nothing(tokens: Tokens) -> None:
    assert tokens.verify(signed(KEY, scope="openid staff email")).scopes == {Scope.STAFF}
    for scope in ("", "openid", "VIEWER", "viewers"):
        with pytest.raises(NotAllowedError, match="scope"):
            tokens.verify(signed(KEY, scope=scope))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"iss": "https://elsewhere.example"}, "another issuer"),
        ({"aud": "music"}, "another audience"),
        ({"exp": int(time.time()) - LEEWAY_SECONDS - 60}, "expired"),
        ({"iat": int(time.time()) + 3600}, "later time"),
        ({"nbf": int(time.time()) + 3600}, "later time"),
        ({"exp": None}, "without all of"),
        ({"iat": None}, "without all of"),
        ({"iss": None}, "without all of"),
        ({"aud": None}, "without all of"),
        ({"sub": None}, "without all of"),
        ({"sub": "a\x00"}, "claim `sub`"),
        ({"sub": ""}, "claim `sub`"),
        ({"profile": 7}, "claim `profile`"),
        ({"profile": "v" * 1000}, "claim `profile`"),
        ({"scope": ["staff"]}, "claim `scope`"),
        ({"exp": "soon"}, "an invalid one"),
    ],
)
def test_a_token_that_is_not_for_us_and_for_now_is_refused(
    tokens: Tokens, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(TokenError, match=said):
        tokens.verify(signed(KEY, **changes))


def test_clocks_may_differ_a_little(tokens: Tokens) -> None:
    assert tokens.verify(signed(KEY, exp=int(time.time()) - 2, iat=int(time.time()) + 2))


def test_anothers_signature_is_refused(tokens: Tokens) -> None:
    with pytest.raises(TokenError, match="wrong signature"):
        tokens.verify(signed(ec_key()))
    with pytest.raises(TokenError, match="unknown key"):
        tokens.verify(signed(KEY, "three"))


def test_a_changed_claim_is_refused(tokens: Tokens) -> None:
    head, _, signature = signed(KEY).split(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims(scope="staff")).encode()).decode()
    with pytest.raises(TokenError, match="wrong signature"):
        tokens.verify(f"{head}.{forged.rstrip('=')}.{signature}")


def test_no_algorithm_but_the_two_is_taken_whatever_the_token_says(tokens: Tokens) -> None:
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = jwt.encode(claims(), "", "none", headers={"kid": "one"})
    by_hand = _hmac_with(pem)
    others = [
        unsigned,
        by_hand,
        signed("s" * 32, "secret", "HS256"),
        signed(OTHERS["p384"], "one", "ES384"),
        signed(RSA, "two", "PS256"),
        jwt.encode(claims(), KEY, "ES256"),  # whose key has no name
        jwt.encode(claims(), KEY, "ES256", headers={"kid": "one", "crit": ["x"], "x": 1}),
    ]
    for token in others:
        with pytest.raises(TokenError):
            tokens.verify(token)


@pytest.mark.parametrize("kid", ["weak", "sealing", "secret", "torn"])
def test_keys_that_are_weak_or_for_something_else_verify_nothing(kid: str) -> None:
    assert Few(DOCUMENT).at_hand(kid) is None


def test_an_elliptic_token_under_the_name_of_an_rsa_key_is_refused(tokens: Tokens) -> None:
    with pytest.raises(TokenError):
        tokens.verify(signed(KEY, "two"))


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "e30.e30.", "e30.e30.e30", "x" * 9000])
def test_garbage_is_refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(TokenError):
        tokens.verify(token)
    with pytest.raises(TokenError):
        tokens.needs_fetching(token)


def test_no_error_repeats_a_token(tokens: Tokens) -> None:
    for token in (signed(ec_key()), signed(KEY, iss="https://secret.example"), "x" * (LONGEST + 1)):
        with pytest.raises(TokenError) as refused:
            tokens.verify(token)
        for part in (*token.split("."), "secret.example"):
            assert part not in str(refused.value)


def test_a_verified_token_is_remembered_until_it_ends(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, token = time.time(), signed(KEY, exp=int(time.time()) + 20)
    assert tokens.remembered(token) is None
    tokens.verify(token)
    assert tokens.remembered(token) == Caller("a1", "v001", frozenset({Scope.VIEWER}), "a1")
    assert tokens.remembered(token + "=") is None
    monkeypatch.setattr(time, "time", lambda: now + 20 + LEEWAY_SECONDS + 1)
    assert tokens.remembered(token) is None


def test_a_remembered_token_is_verified_again_after_a_minute(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, token = time.time(), signed(KEY)
    tokens.verify(token)
    monkeypatch.setattr(time, "time", lambda: now + 62)
    assert tokens.remembered(token) is None


def _hmac_with(secret: bytes) -> str:
    """A token signed with the bytes of a public key as if they were a secret, which the library refuses to make."""
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "one"}, claims(scope="staff")]
    encoded = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in parts]
    content = b".".join(encoded)
    signature = hmac.digest(secret, content, hashlib.sha256)
    return (content + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()

"""Tokens (JWT, RFC 7519 and RFC 9068 in what they share): verified, and remembered for a moment."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import Any, Final

import jwt
from cachetools import LRUCache
from pydantic import ValidationError

from serving.contracts import Contract, Identifier, Text
from serving.identity.contracts import Caller, Scope
from serving.identity.keys import Keys
from serving.refusals import NotAllowedError, TokenError

ALGORITHMS: Final = ("ES256", "RS256")
REQUIRED: Final = ("sub", "iss", "aud", "exp", "iat")
LEEWAY_SECONDS: Final = 10
"""By which the clocks of issuer and replica may differ."""
LONGEST: Final = 8_000
"""Characters of a token."""
REMEMBERED: Final = 100_000
"""Tokens that were verified a moment ago."""
REMEMBERED_SECONDS: Final = 60.0
"""How long a token is good whose key was withdrawn since."""


class _Claims(Contract):
    sub: Identifier
    profile: Identifier | None = None
    scope: Text = ""


class Tokens:
    """Verifies tokens of one issuer for one audience.

    Parameters
    ----------
    keys : Keys
    issuer : str
    audience : str
    """

    def __init__(self, keys: Keys, issuer: str, audience: str) -> None:
        self._keys, self._issuer, self._audience = keys, issuer, audience
        self._verified: LRUCache[bytes, tuple[Caller, float]] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()

    def remembered(self, token: str) -> Caller | None:
        """Return who presents a token that was verified a moment ago."""
        with self._lock:
            caller, until = self._verified.get(_digest(token), (None, 0.0))
        return caller if until > time.time() else None

    def needs_fetching(self, token: str) -> bool:
        """Return whether verifying a token means to wait for its key.

        Raises
        ------
        TokenError
            If it is none at all.
        """
        return self._keys.at_hand(_kid(token)) is None

    def verify(self, token: str) -> Caller:
        """Return who presents a token.

        Raises
        ------
        TokenError
            If it is not valid.
        NotAllowedError
            If it is good for nothing here.
        KeysDownError
            If its key cannot be looked for now.
        """
        key = self._keys.fetched(_kid(token))
        if key is None:
            raise _refused("a token signed with a key of its issuer", "an unknown key")
        claims = self._claims(token, key)
        caller = _caller(claims)
        until = min(float(claims["exp"]) + LEEWAY_SECONDS, time.time() + REMEMBERED_SECONDS)
        with self._lock:
            self._verified[_digest(token)] = caller, until
        return caller

    def _claims(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(REQUIRED)},
            )
        except jwt.PyJWTError as error:
            # What a library says of a token may hold parts of it; what kind of fault it is does not.
            raise _refused("a valid token", _FAULTS.get(type(error), "an invalid one")) from None


_FAULTS: Final[dict[type[Exception], str]] = {
    jwt.ExpiredSignatureError: "one that has expired",
    jwt.ImmatureSignatureError: "one of a later time",
    jwt.InvalidIssuerError: "one of another issuer",
    jwt.InvalidAudienceError: "one for another audience",
    jwt.InvalidSignatureError: "one with a wrong signature",
    jwt.MissingRequiredClaimError: f"one without all of {', '.join(REQUIRED)}",
}


def _kid(token: str) -> str:
    """Return the id of the key that a token names."""
    if len(token) > LONGEST:
        raise _refused(f"a token of at most {LONGEST:,} characters", f"{len(token):,}")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise _refused("a JWT", "something else") from None
    if header.get("alg") not in ALGORITHMS or not header.get("kid") or "crit" in header:
        raise _refused("a token signed by ES256 or RS256, its key named by `kid`", "another")
    return str(header["kid"])


def _caller(claims: dict[str, Any]) -> Caller:
    known = {name: claims[name] for name in ("sub", "profile", "scope") if name in claims}
    try:
        said = _Claims.model_validate(known)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise _refused(f"a text as claim `{place}`, as ids are", "something else") from None
    scopes = frozenset(Scope(one) for one in said.scope.split() if one in set(Scope))
    if not scopes:
        raise NotAllowedError(
            expected=f"a token with a scope of {', '.join(Scope)}",
            got="none of them",
            where="token",
        )
    viewer = Scope.VIEWER in scopes
    return Caller(
        account_id=said.sub if viewer else None,
        profile_id=said.profile if viewer else None,
        scopes=scopes,
        subject=said.sub,
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _refused(expected: str, got: str) -> TokenError:
    return TokenError(expected=expected, got=got, where="token")

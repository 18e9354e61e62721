"""Public keys by which tokens are verified, as a JWKS document (RFC 7517) gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from recsys.errors import InputError

FEWEST_RSA_BITS: Final = 2048
_ALGORITHMS: Final = {("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
"""By kind of key and curve. What a token says of its algorithm is never asked, so no public key is taken for a secret."""


class Keys(Protocol):
    """Where the keys are that verify tokens."""

    def at_hand(self, kid: str) -> jwt.PyJWK | None:
        """Return a key by its id, if it is known without waiting."""

    def fetched(self, kid: str) -> jwt.PyJWK | None:
        """Return a key by its id, looking for it where it is not at hand.

        Raises
        ------
        KeysDownError
            If none is known, and whoever gives them out does not answer.
        """


def read(document: Any, where: object) -> dict[str, jwt.PyJWK]:
    """Return the keys of a JWKS document that sign with ES256 or RS256, by their id; others are none of ours.

    Raises
    ------
    InputError
        If it is no such document.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("keys"), list):
        raise InputError(expected="an object with a list `keys`", got="something else", where=where)
    found: dict[str, jwt.PyJWK] = {}
    for one in document["keys"]:
        named = isinstance(one, dict) and isinstance(one.get("kid"), str)
        if named and (key := _key(one)) is not None:
            found[one["kid"]] = key
    return found


def _key(one: dict[str, Any]) -> jwt.PyJWK | None:
    algorithm = _ALGORITHMS.get((one.get("kty", ""), one.get("crv")))
    if (
        algorithm is None
        or one.get("alg", algorithm) != algorithm
        or one.get("use", "sig") != "sig"
    ):
        return None
    public = {name: value for name, value in one.items() if name not in {"d", "p", "q"}}
    try:
        key = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size < FEWEST_RSA_BITS
    return None if weak else key

"""The keys of the issuer that a machine has to itself: a file in the store, read by its owner alone."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from recsys.durable import sync
from recsys.errors import ConfigError, InputError
from serving.identity import keys
from serving.problems import KeysDownError

LONGEST_MINUTES: Final = 7 * 24 * 60
"""Of a token. A key that was replaced goes on verifying for as long."""
PUBLIC: Final = ("kty", "crv", "x", "y", "kid", "use", "alg")


class LocalKeys:
    """Keys that sign, the newest, and keys that still verify.

    Parameters
    ----------
    path : Path
        Where they are kept; made, with a first key, when somebody wants to sign.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[object, dict[str, jwt.PyJWK]] = (None, {})

    def at_hand(self, kid: str) -> jwt.PyJWK | None:
        """Return a key that verifies; the file is read again when it has changed."""
        return self._public().get(kid)

    def fetched(self, kid: str) -> jwt.PyJWK | None:
        """Return the same: there is nowhere else to look."""
        return self.at_hand(kid)

    def document(self) -> list[dict[str, Any]]:
        """Return the public half of each key that verifies, as JWKS has it."""
        now = time.time()
        alive = (one for one in self._kept() if one["verifiesUntil"] > now)
        return [{name: one[name] for name in PUBLIC} for one in alive]

    def signing(self) -> tuple[str, Any]:
        """Return the id of the key that signs, and the key; the first is made when there is none."""
        with self._alone():
            kept = self._kept() or self._keep([_new()])
        return kept[-1]["kid"], jwt.PyJWK(kept[-1], "ES256").key

    def rotate(self) -> str:
        """Make a new key sign from now on, and return its id; the old one verifies until its tokens have ended."""
        now = time.time()
        until = now + LONGEST_MINUTES * 60
        with self._alone():
            alive = [one for one in self._kept() if one["verifiesUntil"] > now]
            ending = [one | {"verifiesUntil": min(one["verifiesUntil"], until)} for one in alive]
            kept = self._keep([*ending, _new()])
        return str(kept[-1]["kid"])

    def _public(self) -> dict[str, jwt.PyJWK]:
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return {}
        # A minute is part of the mark, since keys end by the clock alone.
        mark = (state.st_mtime_ns, state.st_ino, int(time.time() // 60))
        if self._read[0] != mark:
            try:
                self._read = mark, keys.read({"keys": self.document()}, self._path)
            except (ConfigError, InputError) as error:
                raise KeysDownError(expected=error.expected, got=error.got, where="keys") from error
        return self._read[1]

    def _kept(self) -> list[dict[str, Any]]:
        try:
            kept: list[dict[str, Any]] = orjson.loads(self._path.read_bytes())
            return [{"verifiesUntil": float("inf"), **one} for one in kept]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(
                expected="a file of keys", got=type(error).__name__, where=self._path
            ) from None

    def _keep(self, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write them beside, and switch; an endless one is written without its end."""
        beside = self._path.with_name(f".{self._path.name}.new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            endless = float("inf")
            file.write(
                orjson.dumps(
                    [{k: v for k, v in one.items() if v != endless} for one in kept],
                    option=orjson.OPT_INDENT_2,
                )
            )
        sync(beside)
        beside.replace(self._path)
        sync(self._path.parent)
        return kept

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from writing meanwhile."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.with_name(f".{self._path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise ConfigError(
                expected="a file of keys that can be written", got=error.strerror, where=self._path
            ) from None


def _new() -> dict[str, Any]:
    """Return a new private key, named by its thumbprint (RFC 7638)."""
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = jwt.algorithms.ECAlgorithm.to_jwk(private, as_dict=True)
    named = {name: numbers[name] for name in ("crv", "kty", "x", "y")}
    print_ = hashlib.sha256(orjson.dumps(named, option=orjson.OPT_SORT_KEYS)).digest()
    kid = base64.urlsafe_b64encode(print_).decode().rstrip("=")
    return {**numbers, "kid": kid, "use": "sig", "alg": "ES256", "verifiesUntil": float("inf")}

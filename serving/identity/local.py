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
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import Field, TypeAdapter, ValidationError

from recsys.durable import sync
from recsys.errors import ConfigError
from serving.identity import keys
from serving.identity.contracts import PublicKey
from serving.refusals import KeysDownError

log = structlog.get_logger()

LONGEST_MINUTES: Final = 7 * 24 * 60
"""Of a token. A key that was replaced goes on verifying for as long."""


class PrivateKey(PublicKey):
    """A key as it is kept.

    Attributes
    ----------
    d : str
        The secret.
    verifies_until : float or None
        Seconds since 1970; None while it signs.
    """

    d: str = Field(repr=False)
    verifies_until: float | None = None

    def verifies(self) -> bool:
        """Return whether a token of it may still be good."""
        return self.verifies_until is None or self.verifies_until > time.time()

    def ending(self, at: float) -> PrivateKey:
        """Return the same, which signs no more and verifies to a moment at most."""
        return self.model_copy(update={"verifies_until": min(self.verifies_until or at, at)})

    def public(self) -> PublicKey:
        """Return what anybody may see of it."""
        return PublicKey.model_validate(self.model_dump(include=set(PublicKey.model_fields)))


_RING: Final = TypeAdapter(list[PrivateKey])


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

    def document(self) -> list[PublicKey]:
        """Return the public half of each key that verifies."""
        return [one.public() for one in self._kept() if one.verifies()]

    def signing(self) -> tuple[str, Any]:
        """Return the id of the key that signs, and the key; the first is made when there is none."""
        with self._alone():
            newest = (self._kept() or self._keep([_new()]))[-1]
        try:
            return newest.kid, jwt.PyJWK(newest.model_dump(), newest.alg).key
        except jwt.PyJWTError:
            raise ConfigError(expected="a private key", got="none", where=self._path) from None

    def rotate(self) -> str:
        """Make a new key sign from now on, and return its id; the old one verifies until its tokens have ended."""
        end = time.time() + LONGEST_MINUTES * 60
        with self._alone():
            alive = [one.ending(end) for one in self._kept() if one.verifies()]
            return self._keep([*alive, _new()])[-1].kid

    def _public(self) -> dict[str, jwt.PyJWK]:
        try:
            state = self._path.stat()
            # A minute is part of the mark, since keys end by the clock alone.
            mark = (state.st_mtime_ns, state.st_ino, int(time.time() // 60))
            if self._read[0] != mark:
                listed = [one.model_dump() for one in self.document()]
                self._read = mark, keys.read({"keys": listed}, self._path)
        except FileNotFoundError:
            return {}
        except (ConfigError, OSError) as error:
            log.warning("identity.keys_unreadable", error=str(error))
            raise KeysDownError(expected="keys", got="none to be read", where="store") from None
        return self._read[1]

    def _kept(self) -> list[PrivateKey]:
        try:
            return _RING.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            # What pydantic says of it would hold the key.
            raise ConfigError(
                expected="a file of keys", got=type(error).__name__, where=self._path
            ) from None

    def _keep(self, kept: list[PrivateKey]) -> list[PrivateKey]:
        """Write them beside, and switch."""
        beside = self._path.with_name(f".{self._path.name}.new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_RING.dump_json(kept, by_alias=True, exclude_none=True, indent=2))
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


def _new() -> PrivateKey:
    """Return a new key, named by its thumbprint (RFC 7638)."""
    made = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    named = {name: made[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(orjson.dumps(named, option=orjson.OPT_SORT_KEYS)).digest()
    kid = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return PrivateKey.model_validate({**made, "kid": kid, "use": "sig", "alg": "ES256"})

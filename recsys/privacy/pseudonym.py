"""Keyed stand-ins for ids: equal where the ids are, and telling nothing without the key.

Keyed BLAKE2b (RFC 7693) with the kind of id as its personalization, so that a viewer and a
session of the same name get different stand-ins.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recsys.durable import sync
from recsys.errors import PrivacyError

BYTES = 16
"""Of a stand-in; two of a billion ids share one with a probability below 1e-20."""

_KEY_BYTES = 32


class Kind(StrEnum):
    """What an id stands for; at most 16 bytes long."""

    VIEWER = "viewer"
    SESSION = "session"
    RECOMMENDATION = "recommendation"


def pseudonyms(ids: pa.Array | pa.ChunkedArray, key: bytes, kind: Kind) -> pa.Array:
    """Return the stand-in of each id, as 32 hexadecimal digits; null stays null.

    Parameters
    ----------
    ids : string (n,)
    key : bytes (32,)
    kind : Kind

    Raises
    ------
    PrivacyError
        If the key has another length.

    Examples
    --------
    >>> ann, bob, again = pseudonyms(pa.array(["ann", "bob", "ann"]), bytes(32), Kind.VIEWER).to_pylist()
    >>> ann == again, ann == bob, len(ann)
    (True, False, 32)
    """
    if len(key) != _KEY_BYTES:
        raise PrivacyError(expected=f"a key of {_KEY_BYTES} bytes", got=len(key), where="key")
    encoded = pc.dictionary_encode(ids)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    keyed = hashlib.blake2b(key=key, digest_size=BYTES, person=kind.encode())
    digests = b"".join([_digest(keyed, one) for one in encoded.dictionary.to_pylist()])
    return _texts(digests.hex().encode(), 2 * BYTES).take(encoded.indices)


def load_key(path: Path) -> bytes:
    """Read the key, making one of 256 random bits if there is none; only its owner may read it.

    Raises
    ------
    PrivacyError
        If others may read the file, or it does not hold 64 hexadecimal digits.
    """
    if not path.exists():
        _generate(path)
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise PrivacyError(
            expected="a key that only its owner can read (mode 0600)",
            got=f"mode {mode:04o}",
            where=path,
            hint="Who else could read it? If somebody could, make a new key and a new lake",
        )
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise PrivacyError(expected="64 hexadecimal digits", got="something else", where=path)
    return key


def _digest(keyed: hashlib.blake2b, one: str) -> bytes:
    digest = keyed.copy()
    digest.update(one.encode())
    return digest.digest()


def _texts(content: bytes, width: int) -> pa.Array:
    """Cut bytes into texts of one width."""
    buffers = [None, pa.py_buffer(content)]
    count = len(content) // width
    return (
        pa.Array.from_buffers(pa.binary(width), count, buffers).cast(pa.binary()).cast(pa.string())
    )


def _generate(path: Path) -> None:
    """Write a key beside and link it into place, so that of two processes one wins and both agree."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.touch(mode=0o600, exist_ok=False)
    with beside.open("w") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        # A lake is worth nothing with another key, so the key is to outlive a loss of power.
        os.fsync(file.fileno())
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    sync(path.parent)

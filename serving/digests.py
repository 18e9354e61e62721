"""What tells one state of a file, or of several things together, from another, on every machine."""

from __future__ import annotations

import hashlib
from pathlib import Path


def joined(*parts: str) -> str:
    """Return one digest of several words in their order, 24 hex digits."""
    whole = "\0".join(parts).encode()
    return hashlib.blake2b(whole, digest_size=12).hexdigest()


def digest_of(path: Path) -> str:
    """Return the BLAKE2 digest of a file's bytes, 24 hex digits.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()

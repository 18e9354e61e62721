"""Keys of a store, each a file that its owner alone may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from recsys.errors import ConfigError

SHORTEST: Final = 32
"""Bytes; who finds a key out can write what it signs."""


def key_of(path: Path) -> bytes:
    """Read the key of a file, which is made where there is none.

    Raises
    ------
    ConfigError
        If it can neither be read nor made, or is too short.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Another replica may make it at this moment: one of them is first, and both read that one's.
        beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        if not path.exists():
            beside.touch(mode=0o600)
            beside.write_bytes(secrets.token_bytes(SHORTEST))
            try:
                os.link(beside, path)
            except FileExistsError:
                pass
            finally:
                beside.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise ConfigError(expected="a file with a key", got=error, where=path) from error
    if len(key) < SHORTEST:
        raise ConfigError(
            expected=f"a key of {SHORTEST} bytes", got=f"{len(key)} bytes", where=path
        )
    return key

"""Cursors: what is left of a page, given to its viewer to keep, and signed so that nobody can write one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
import zlib
from pathlib import Path
from typing import Any, Final

import orjson

from recsys.errors import CursorError
from serving.key_files import key_of

LASTS_SECONDS: Final = 24 * 3600
"""How long one may be asked with: who scrolls on tomorrow gets a new page."""
UNKNOWN: Final = CursorError(
    expected="a `nextCursor` of an earlier answer", got="zzz", where="cursor"
)
"""How one that is none of ours is refused."""
_SIGNATURE: Final = 16


class Cursors:
    """Seals and opens cursors.

    Parameters
    ----------
    key : bytes
        All replicas have the same.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def apart(self, purpose: str) -> Cursors:
        """Return cursors of another purpose: none of them opens as one of these, nor the other way."""
        return Cursors(hmac.digest(self._key, purpose.encode(), hashlib.sha256))

    @classmethod
    def of(cls, path: Path) -> Cursors:
        """Read the key of a file, which is made where there is none.

        Raises
        ------
        ConfigError
            If it can neither be read nor made.
        """
        return cls(key_of(path))

    def seal(self, viewer_id: str, left: Any) -> str:
        """Return a cursor for a viewer that holds what is left, anything that JSON can say."""
        content = {"viewer": viewer_id, "until": int(time.time()) + LASTS_SECONDS, "left": left}
        packed = zlib.compress(orjson.dumps(content), 9)
        return base64.urlsafe_b64encode(self._signature(packed) + packed).decode().rstrip("=")

    def open(self, viewer_id: str, cursor: str) -> Any:
        """Return what a cursor holds.

        Raises
        ------
        CursorError
            If it is none of ours, is another viewer's, or is too old.
        """
        packed = self._checked(cursor)
        content = orjson.loads(zlib.decompress(packed))
        if content["viewer"] != viewer_id:
            raise CursorError(expected="a cursor of this viewer", got="another's", where="cursor")
        if content["until"] < time.time():
            raise CursorError(
                expected="a cursor of the last day", got="an older one", where="cursor"
            )
        return content["left"]

    def _checked(self, cursor: str) -> bytes:
        try:
            whole = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            whole = b""
        signature, packed = whole[:_SIGNATURE], whole[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._signature(packed)):
            raise CursorError(
                expected="a `nextCursor` of an earlier answer", got=cursor[:60], where="cursor"
            )
        return packed

    def _signature(self, packed: bytes) -> bytes:
        return hmac.digest(self._key, packed, hashlib.sha256)[:_SIGNATURE]

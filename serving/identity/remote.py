"""The keys of an issuer elsewhere: fetched by URL, remembered, and looked for again when one is unknown."""

from __future__ import annotations

import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import jwt
import orjson
import structlog

from recsys.errors import InputError
from serving.identity import keys
from serving.refusals import KeysDownError

log = structlog.get_logger()

FRESH_SECONDS: Final = 300.0
"""After which the keys are fetched again, so that one that was withdrawn is found out."""
LONGEST_SECONDS: Final = 24 * 3600.0
"""For how long they are believed while their issuer does not answer."""
PATIENCE_SECONDS: Final = 3.0
MOST_BYTES: Final = 1_000_000


class RemoteKeys:
    """The keys that a URL gives.

    Parameters
    ----------
    url : str
        Of a JWKS document, http or https.
    pause : float
        Seconds between two fetches at least, however many tokens name keys that nobody knows.
    """

    def __init__(self, url: str, *, pause: float = 5.0) -> None:
        self._url, self._pause = url, pause
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = -LONGEST_SECONDS
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "token-keys")

    def at_hand(self, kid: str) -> jwt.PyJWK | None:
        """Return a key that is known; old ones are fetched anew behind it."""
        age = time.monotonic() - self._fetched_at
        if age > LONGEST_SECONDS:
            return None
        if age > FRESH_SECONDS and self._may_try() and not self._lock.locked():
            self._thread.submit(self._look)
        return self._keys.get(kid)

    def fetched(self, kid: str) -> jwt.PyJWK | None:
        """Return a key, fetched if it is unknown and the last fetch is long enough ago."""
        if (key := self.at_hand(kid)) is None:
            self._look()
            key = self.at_hand(kid)
        if key is None and time.monotonic() - self._fetched_at > LONGEST_SECONDS:
            raise KeysDownError(expected="the keys of tokens", got="no answer", where="jwks_url")
        return key

    def _look(self) -> None:
        """Fetch once; who waited meanwhile finds what came."""
        with self._lock:
            if self._may_try():
                self._fetch()

    def _may_try(self) -> bool:
        return time.monotonic() - self._tried_at >= self._pause

    def _fetch(self) -> None:
        try:
            # The setting lets http and https through alone.
            with urllib.request.urlopen(self._url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                self._keys = keys.read(orjson.loads(answer.read(MOST_BYTES)), self._url)
            self._fetched_at = time.monotonic()
        except (OSError, ValueError, InputError) as error:
            log.warning("identity.keys_down", error=f"{type(error).__name__}: {error}")
        finally:
            self._tried_at = time.monotonic()

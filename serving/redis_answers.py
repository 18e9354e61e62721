"""Answers in a Redis that replicas share: each is made once for all of them, and Redis is never waited for long."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import orjson
import structlog

from recsys.settings import Settings
from serving.key_files import key_of
from serving.metrics import Metrics

if TYPE_CHECKING:
    from redis.commands.core import Script

log = structlog.get_logger()

LEVEL: Final = "redis"
"""By which lookups here are counted apart from those in the process."""
PATIENCE_SECONDS: Final = 0.05
"""For one answer of Redis, which whoever asks us waits for."""
PAUSE_SECONDS: Final = 5.0
"""For which a Redis that did not answer is not asked again; meanwhile each replica makes its own."""
WAIT_SECONDS: Final = 0.5
"""For another replica that makes the answer: then one makes it oneself."""
POLL_SECONDS: Final = 0.02
MOST_BYTES: Final = 1_000_000
"""Of an answer: larger ones would push too much else out."""

_SIGNATURE: Final = 16
_LOOK: Final = """
local answer = redis.call('GET', KEYS[1])
if answer then return {answer, redis.call('PTTL', KEYS[1])} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {false, 1} end
return {false, 0}
"""
"""Gives the answer and for how many milliseconds it holds; or 1 to the one who is to make it, who has a lock now, and 0 to others."""
_TELL: Final = """
if ARGV[3] ~= '0' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
"""
"""Keeps an answer, if there is one, and gives the lock back to whoever waits."""

Made = tuple[bytes, float]
"""An answer, and for how many seconds it holds at most."""


class _Keys(NamedTuple):
    answer: str
    lock: str


class RedisAnswers:
    """Answers by what was asked, which all replicas of one store share.

    What is asked must name all that an answer depends on, in plain words and numbers. Keys are digests and answers are
    signed, both by a key of the store: who can write to Redis can make us serve nothing, and who shares it by mistake
    shares no answer.

    Parameters
    ----------
    url : str
        Of a Redis.
    key : bytes
        All replicas have the same.
    metrics : Metrics
    """

    def __init__(self, url: str, key: bytes, metrics: Metrics) -> None:
        # Redis' client is loaded where one is used, and nowhere else.
        from redis import Redis, RedisError  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        self._redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._look = self._redis.register_script(_LOOK)
        self._tell = self._redis.register_script(_TELL)
        self._fault = RedisError
        self._key = hmac.digest(key, b"redis-answers", hashlib.sha256)
        self._metrics = metrics
        self._lock = threading.Lock()
        self._down, self._asks_again_at = False, 0.0

    @classmethod
    def of(cls, settings: Settings, metrics: Metrics) -> Self | None:
        """Return what the settings name, if they name a Redis."""
        if not settings.redis_url:
            return None
        return cls(settings.redis_url, key_of(settings.store / "cursor.key"), metrics)

    def close(self) -> None:
        """Let go of every connection."""
        self._redis.close()

    def get(self, name: str, asked: Sequence[Any], make: Callable[[], Made]) -> Made:
        """Return an answer, made unless another replica made it or is making it.

        Parameters
        ----------
        name : str
            Of the cache that asks.
        asked : sequence
            What JSON can say.
        make : callable
        """
        keys, mine = self._keys(name, asked), secrets.token_hex(8)
        outcome, found = self._found(keys, mine)
        self._metrics.cached.labels(name, LEVEL, outcome).inc()
        if found is not None:
            return found
        if outcome != "miss":
            return make()
        started, made = time.monotonic(), (b"", 0.0)
        try:
            made = make()
        finally:
            self._keep(keys, mine, made, time.monotonic() - started)
        return made

    def _found(self, keys: _Keys, mine: str) -> tuple[str, Made | None]:
        """Return what is kept, or comes to be while one may wait for it, and how that went."""
        end, outcome = time.monotonic() + WAIT_SECONDS, "hit"
        while True:
            said = self._ask(self._look, keys, mine, round(WAIT_SECONDS * 1e3))
            if said is None:
                return "away", None
            whole, number = said
            if whole is not None:
                body = self._verified(keys.answer, whole)
                return ("miss", None) if body is None else (outcome, (body, number / 1e3))
            if number:
                return "miss", None
            if time.monotonic() >= end:
                return "late", None
            outcome = "waited"
            time.sleep(POLL_SECONDS)

    def _keep(self, keys: _Keys, mine: str, made: Made, took: float) -> None:
        body, seconds = made
        holds = max(0, int((seconds - took) * 1e3)) if 0 < len(body) <= MOST_BYTES else 0
        whole = self._signature(keys.answer, body) + body if holds else b""
        self._ask(self._tell, keys, mine, whole, holds)

    def _ask(self, script: Script, keys: _Keys, *said: Any) -> Any:
        """Return what Redis says, and None if it does not answer, or did not a moment ago."""
        if not self._may_ask():
            return None
        try:
            answer = script(keys=keys, args=said)
        except self._fault as error:
            with self._lock:
                self._down, self._asks_again_at = True, time.monotonic() + PAUSE_SECONDS
            log.warning("answers.redis_down", error=type(error).__name__)
            return None
        self._down = False
        return answer

    def _may_ask(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if self._down and now < self._asks_again_at:
                return False
            # After a pause one asker finds out whether Redis is back, and no other waits with it.
            self._asks_again_at = now + PAUSE_SECONDS
            return True

    def _keys(self, name: str, asked: Sequence[Any]) -> _Keys:
        words = orjson.dumps([name, *asked])
        digest = hashlib.blake2b(words, digest_size=16, key=self._key).hexdigest()
        return _Keys(f"recsys:answer:{digest}", f"recsys:making:{digest}")

    def _verified(self, place: str, whole: bytes) -> bytes | None:
        signature, body = whole[:_SIGNATURE], whole[_SIGNATURE:]
        if hmac.compare_digest(signature, self._signature(place, body)):
            return body
        log.warning("answers.not_ours")
        return None

    def _signature(self, place: str, body: bytes) -> bytes:
        whole = place.encode() + body
        return hashlib.blake2b(whole, digest_size=_SIGNATURE, key=self._key).digest()

"""How often one may ask: counted by viewer and by address, here or in a Redis that replicas share."""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Final

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from recsys.settings import Settings
from serving.identity.contracts import Caller
from serving.identity.shared_counts import SharedCounts
from serving.refusals import TooManyError

log = structlog.get_logger()

PAUSE_SECONDS: Final = 5.0
"""For which a Redis that did not answer is not asked again; meanwhile each replica counts for itself."""
NEIGHBOURS: Final = 64
"""Bits of an IPv6 address that one customer has: whoever has them has all the addresses below."""


class Rates:
    """Counts requests a minute; programs and staff are not counted, since they ask for many.

    Parameters
    ----------
    settings : Settings
        ``viewer_rate``, ``address_rate`` and ``redis_url``.
    """

    def __init__(self, settings: Settings) -> None:
        self._viewer = _a_minute(settings.viewer_rate)
        self._address = _a_minute(settings.address_rate)
        self._local = FixedWindowRateLimiter(MemoryStorage())
        self._shared = SharedCounts(settings.redis_url) if settings.redis_url else None
        self._asks_again_at = 0.0

    async def check(self, caller: Caller | None, address: str) -> None:
        """Count a request.

        Raises
        ------
        TooManyError
            If there were too many within this minute.
        """
        if caller is not None and caller.for_anyone:
            return
        if self._address is not None:
            await self._count(self._address, "address", neighbourhood(address))
        if self._viewer is not None and caller is not None:
            await self._count(self._viewer, "viewer", caller.profile_id or caller.subject)

    async def close(self) -> None:
        """Let go of Redis, if there is one."""
        if self._shared is not None:
            await self._shared.close()

    async def _count(self, limit: RateLimitItemPerMinute, kind: str, who: str) -> None:
        if (anew := await self._anew(limit, kind, who)) is not None:
            raise TooManyError(
                expected=f"at most {limit.amount:,} requests a minute of one {kind}",
                got="more",
                where=kind,
                seconds=max(1, math.ceil(anew - time.time())),
            )

    async def _anew(self, limit: RateLimitItemPerMinute, kind: str, who: str) -> float | None:
        """Count a request, and return when one may ask again if there were too many."""
        if self._shared is not None and time.monotonic() >= self._asks_again_at:
            try:
                return await self._shared.hit(limit, kind, who)
            except StorageError as error:
                self._asks_again_at = time.monotonic() + PAUSE_SECONDS
                log.warning("rates.redis_down", error=type(error.storage_error).__name__)
        if self._local.hit(limit, kind, who):
            return None
        return self._local.get_window_stats(limit, kind, who).reset_time


def neighbourhood(address: str) -> str:
    """Return what addresses have in common that are one customer's."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, NEIGHBOURS), strict=False))


def _a_minute(times: int) -> RateLimitItemPerMinute | None:
    return RateLimitItemPerMinute(times) if times else None

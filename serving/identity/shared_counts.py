"""Counts in Redis."""

from __future__ import annotations

from typing import Final

from limits import RateLimitItem

PATIENCE_SECONDS: Final = 0.1
"""For an answer, which is asked for before any request is answered."""


class SharedCounts:
    """Counts that replicas share.

    Parameters
    ----------
    url : str
        Of a Redis.
    """

    def __init__(self, url: str) -> None:
        # Redis' client is loaded where one is used, and nowhere else.
        from limits.aio.storage import RedisStorage  # noqa: PLC0415
        from limits.aio.strategies import FixedWindowRateLimiter  # noqa: PLC0415
        from redis.asyncio import ConnectionPool  # noqa: PLC0415

        self._connections = ConnectionPool.from_url(
            url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
        )
        storage = RedisStorage(
            f"async+{url}",
            implementation="redispy",
            key_prefix="recsys",
            wrap_exceptions=True,
            connection_pool=self._connections,  # type: ignore[arg-type]
        )
        self._limiter = FixedWindowRateLimiter(storage)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._connections.aclose()

    async def hit(self, limit: RateLimitItem, *who: str) -> float | None:
        """Count a request, and return when its limit begins anew, in seconds since 1970, if it is past that.

        Raises
        ------
        StorageError
            If Redis does not answer.
        """
        if await self._limiter.hit(limit, *who):
            return None
        return (await self._limiter.get_window_stats(limit, *who)).reset_time
